namespace WasmChord.Bench.Compare;

/// <summary>How a process went. Sizes are bytes; those that the system does not tell are 0.</summary>
internal sealed record ProcessOutcome
{
    public required int ExitCode { get; init; }

    public required bool TimedOut { get; init; }

    public required string Output { get; init; }

    public required string Errors { get; init; }

    /// <summary>From the start to the end.</summary>
    public required double Seconds { get; init; }

    /// <summary>From the start to the first byte of output that is no white space; null where there was none.</summary>
    public double? FirstOutputSeconds { get; init; }

    /// <summary>Most memory resident at once, mapped files included: <c>VmHWM</c> of proc(5).</summary>
    public long PeakResidentBytes { get; init; }

    /// <summary>Most anonymous and shared memory resident at once, of the samples: <c>RssAnon</c> + <c>RssShmem</c> of proc(5).</summary>
    public long PeakPrivateBytes { get; init; }

    /// <summary>Bytes that the process made storage deliver, up to the last sample: <c>read_bytes</c> of proc(5).</summary>
    public long StorageBytes { get; init; }

    /// <summary>Most that the control group was charged, page cache included; null without a group.</summary>
    public long? GroupPeakBytes { get; init; }

    /// <summary>Null for success; otherwise what happened, in a few words.</summary>
    public string? Failure => TimedOut ? "timed out" : ExitCode switch
    {
        0 => null,
        // A shell reports 128 + signal; .NET does the same for a child that a signal ended.
        137 => "killed",
        > 128 => $"ended by signal {ExitCode - 128}",
        _ => $"exit code {ExitCode}",
    };
}
