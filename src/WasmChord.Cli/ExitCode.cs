namespace WasmChord.Cli;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>The job failed: a file is missing or broken, a check did not hold, a budget is impossible.</summary>
    public const int Failed = 1;

    /// <summary>The command line makes no sense.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by a signal: 128 and the number of SIGINT, as shells have it.</summary>
    public const int Cancelled = 130;
}
