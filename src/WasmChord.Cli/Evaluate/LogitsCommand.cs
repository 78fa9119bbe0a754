using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using WasmChord.Actors;
using WasmChord.Inference;

namespace WasmChord.Cli;

/// <summary><c>logits</c>: what the model thinks comes next, after every token of a sequence.</summary>
internal sealed class LogitsCommand : ToolCommand
{
    private readonly ToolHooks _hooks;
    private readonly Argument<string> _model = ModelArgument();
    private readonly Option<string> _tokens = new("--tokens") { Description = "The sequence: ids with commas between.", HelpName = "1,2,3", Required = true };
    private readonly Option<string> _out = new("--out", "-o") { Description = "The file to write: little-endian 32-bit floats, one row a position.", HelpName = "FILE", Required = true };
    private readonly EngineFlags _engine = new();

    public LogitsCommand(ToolOutput output, ToolHooks hooks) : base(output, "logits", "Writes the logits after every token of a sequence.")
    {
        _hooks = hooks;
        Add(_model);
        Add(_tokens);
        Add(_out);
        _engine.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        TokenId[] tokens = ParseTokens(parsed.GetRequiredValue(_tokens));
        string path = parsed.GetRequiredValue(_model), target = parsed.GetRequiredValue(_out);
        OutputFile.RequireWritable(target, [path], mayBeDevice: true);
        await using RunningModel running = await RunningModel.OpenAsync(path, _engine.Options(parsed, _hooks), Output, cancellationToken).ConfigureAwait(false);
        int vocabulary = 0;
        using (OutputFile file = new(target))
        {
            GenerationOptions options = new()
            {
                MaxTokens = 0,
                LogitsOfPrompt = true,
                Cancellation = cancellationToken,
                OnLogits = (_, logits) =>
                {
                    vocabulary = logits.Length;
                    file.Stream.Write(MemoryMarshal.AsBytes(logits));
                },
            };
            await running.Model.GenerateAsync(GenerationPrompt.FromTokens(tokens), options).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (file.Stream.Length != (long)tokens.Length * vocabulary * sizeof(float))
                throw new ToolException("incomplete", $"{file.Stream.Length} bytes of logits, not {tokens.Length} rows of {vocabulary}");
            file.Complete();
        }

        await running.ObserveAsync().ConfigureAwait(false);
        Output.Write(new LogitsReport(tokens.Length, vocabulary, target, running.PeakResidentBytes), ToolJson.Default.LogitsReport);
        return ExitCode.Success;
    }

    internal static TokenId[] ParseTokens(string text)
    {
        List<TokenId> tokens = [];
        foreach (string part in text.Trim('[', ']', ' ', '\n').Split(',', StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int id)) throw ToolException.Usage($"--tokens: '{part}' is not a token's id");
            tokens.Add(new TokenId(id));
        }

        return [.. tokens];
    }
}
