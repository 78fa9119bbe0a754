using System.Text.Json;

namespace WasmChord.Cli.Tests;

/// <summary>One run of the tool inside the test process, its words captured.</summary>
internal sealed record ToolRun(int ExitCode, string Standard, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Standard).RootElement;

    /// <summary>The error of a run with <c>--json</c>: the last line, after what the engine logged.</summary>
    public JsonElement ErrorJson => JsonDocument.Parse(Error.TrimEnd().Split('\n')[^1]).RootElement.GetProperty("error");

    public static async Task<ToolRun> OfAsync(params string[] args) => await OfAsync(null, args);

    public static async Task<ToolRun> OfAsync(ToolHooks? hooks, string[] args, CancellationToken cancellationToken = default)
    {
        using StringWriter standard = new(), error = new();
        int exitCode = await WasmChordTool.RunAsync(args, new ToolOutput(standard, error, null), cancellationToken, hooks);
        return new ToolRun(exitCode, standard.ToString(), error.ToString());
    }

    /// <summary>Runs and expects success.</summary>
    public static async Task<ToolRun> DoneAsync(params string[] args)
    {
        ToolRun run = await OfAsync(args);
        Assert.True(run.ExitCode == 0, $"exit code {run.ExitCode}: {run.Error}");
        return run;
    }

    /// <summary>A failure says one line, no stack trace, and nothing on standard output.</summary>
    public void AssertOneLineError(int exitCode, string part)
    {
        Assert.Equal(exitCode, ExitCode);
        Assert.Equal("", Standard);
        string line = Assert.Single(Error.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("wasmchord: error: ", line);
        Assert.Contains(part, line, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(" at WasmChord.", line);
    }
}
