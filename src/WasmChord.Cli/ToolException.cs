namespace WasmChord.Cli;

/// <summary>A job cannot be done, for a reason that people can act on. The message is one line.</summary>
internal sealed class ToolException(string code, string message, int exitCode = ExitCode.Failed, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>The reason for programs, in snake case.</summary>
    public string Code { get; } = code;

    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>The command line makes no sense.</summary>
    public static ToolException Usage(string message) => new("usage", message, Cli.ExitCode.Usage);
}
