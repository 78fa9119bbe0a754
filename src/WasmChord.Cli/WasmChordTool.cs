using System.CommandLine;
using System.CommandLine.Parsing;
using WasmChord.Actors;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>The command-line tool: parses, runs one command, and turns every failure into one line and an exit code.</summary>
internal static class WasmChordTool
{
    /// <summary>Runs the tool.</summary>
    /// <param name="args">The command line, without the program's name.</param>
    /// <param name="output">Where results, messages and progress go.</param>
    /// <param name="cancellationToken">Ends the running command cleanly.</param>
    /// <param name="hooks">Test twins of what commands use; null for the real things.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, ToolOutput output, CancellationToken cancellationToken = default, ToolHooks? hooks = null)
    {
        Option<bool> json = new("--json") { Description = "One JSON object on standard output; messages on standard error.", Recursive = true };
        RootCommand root = new("wasmchord: runs GGUF language models, layer by layer, inside a hard memory budget.") { json };
        root.Add(new InspectCommand(output));
        hooks ??= new ToolHooks();
        root.Add(new StreamCommand(output, hooks));
        root.Add(new GenerateCommand(output, hooks));
        root.Add(new ChatCommand(output, hooks));
        root.Add(new LogitsCommand(output, hooks));
        root.Add(new PerplexityCommand(output, hooks));
        root.Add(new BenchCommand(output, hooks));
        root.Add(new DumpCommand(output));
        root.Add(new VerifyCommand(output));
        root.Add(new QuantizeCommand(output));
        root.Add(new SplitCommand(output));
        root.Add(new MergeCommand(output));
        root.Add(new TokenizeCommand(output, hooks));
        root.Add(new DetokenizeCommand(output, hooks));
        root.Add(new GuestCommand(output, hooks));

        ParseResult parsed = root.Parse(args);
        output.IsJson = parsed.GetValue(json);
        try
        {
            // Without a command there is nothing to do but to say what there is, which is wrong usage all the same.
            if (parsed.Errors.Count > 0) throw Usage(parsed, parsed.Errors[0].Message);
            if (UnknownOption(parsed) is { } option) throw Usage(parsed, $"unknown option '{option}'");
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = output.Standard,
                    Error = output.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && IsCancellation(e))
        {
            output.Fail(new ErrorReport("cancelled", "stopped before it was done"));
            return ExitCode.Cancelled;
        }
        catch (OutputClosedException)
        {
            return ExitCode.Failed;
        }
        catch (Exception e)
        {
            output.Fail(ErrorReport.From(e));
            return (e as ToolException)?.ExitCode ?? ExitCode.Failed;
        }
    }

    // The parser takes what looks like an option and is none for an argument, a file to be opened. A file of such a name
    // can be named behind "--".
    private static string? UnknownOption(ParseResult parsed)
    {
        HashSet<Token> arguments = [.. parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens)];
        return parsed.Tokens
            .TakeWhile(t => t.Type != TokenType.DoubleDash)
            .FirstOrDefault(t => t.Value.Length > 1 && t.Value[0] == '-' && arguments.Contains(t))?.Value;
    }

    private static ToolException Usage(ParseResult parsed, string message)
    {
        IEnumerable<string> names = parsed.CommandResult.Command.Parents.OfType<Command>().Reverse().Append(parsed.CommandResult.Command)
            .Where(c => c is not RootCommand).Select(c => c.Name);
        string command = string.Join(' ', names.Prepend("wasmchord"));
        return ToolException.Usage($"{message.TrimEnd('.')} (see {command} --help)");
    }

    // A signal that comes when the engine has the request, but has not begun, is the engine's refusal.
    private static bool IsCancellation(Exception e) =>
        e is OperationCanceledException or GenerationRefusedException { Reason: GenerationRefusal.Cancelled } or LayerRefusedException { Reason: RefusalReason.Cancelled };
}
