namespace WasmChord.Bench.Compare;

/// <summary>One process of one contestant. Sizes are bytes.</summary>
internal sealed record TrialSample
{
    /// <summary>In the case's unit; null where the process failed.</summary>
    public double? Value { get; init; }

    public double? BytesPerToken { get; init; }

    /// <summary>What went wrong; null for success.</summary>
    public string? Failure { get; init; }

    public double Seconds { get; init; }

    public long PeakResidentBytes { get; init; }

    public long PeakPrivateBytes { get; init; }

    public long? GroupPeakBytes { get; init; }

    public long StorageBytes { get; init; }
}
