namespace WasmChord.Memory64;

/// <summary>
/// What a layer cache has done, and what it holds now. Every use of a segment by an admitted request counts as exactly
/// one of three: a hit (resident, kept since an earlier use), a join (its load was under way for another request), or
/// a miss (it had to be read for this use, by demand or by a prefetch).
/// </summary>
public sealed record CacheStatistics
{
    /// <summary>Uses of segments: hits, joins and misses.</summary>
    public long Accesses => Hits + Joins + Misses;

    /// <summary>Uses of segments that were resident since an earlier use.</summary>
    public long Hits { get; init; }

    /// <summary>Uses of segments whose load another request had asked for and which had not arrived yet.</summary>
    public long Joins { get; init; }

    /// <summary>Uses of segments that had to be read for this use.</summary>
    public long Misses { get; init; }

    /// <summary>Those of the misses whose load a prefetch, or the warm list, had started before they were asked for.</summary>
    public long PrefetchHits { get; init; }

    /// <summary>Hits ÷ (hits + misses); 0 before the first.</summary>
    public double HitRatio => Hits + Misses == 0 ? 0 : (double)Hits / (Hits + Misses);

    /// <summary>
    /// Segments read on behalf of <see cref="LayerCache.Prefetch"/> or <see cref="LayerCache.Warm"/>, counted when their load
    /// starts.
    /// </summary>
    public long Prefetches { get; init; }

    /// <summary>Segments read so that left before they were used.</summary>
    public long UnusedPrefetches { get; init; }

    /// <summary>Resident segments that left.</summary>
    public long Evictions { get; init; }

    /// <summary>Requests that had to wait for frames.</summary>
    public long Waits { get; init; }

    /// <summary>Requests answered with a lease.</summary>
    public long Grants { get; init; }

    /// <summary>Requests refused, for whatever reason.</summary>
    public long Refusals { get; init; }

    /// <summary>Loads that failed.</summary>
    public long FailedLoads { get; init; }

    /// <summary>Bytes that loads have read.</summary>
    public long BytesRead { get; init; }

    /// <summary>Bytes of frames touched by resident segments.</summary>
    public long ResidentBytes { get; init; }

    /// <summary>Bytes of the other used frames: of segments that are being loaded, or wait for it.</summary>
    public long ReservedBytes { get; init; }

    /// <summary>Bytes of all used frames; what the budget bounds.</summary>
    public long UsedBytes { get; init; }

    /// <summary>Most bytes of used frames ever.</summary>
    public long PeakBytes { get; init; }

    /// <summary>The budget in bytes. Below <see cref="UsedBytes"/> only after a shrink, until enough leases have returned.</summary>
    public long TargetBytes { get; init; }

    /// <summary>Bytes of segments prefetched and not used yet, loading or resident.</summary>
    public long ReadAheadBytes { get; init; }

    /// <summary>Segments that are resident.</summary>
    public int ResidentSegments { get; init; }

    /// <summary>Segments that leases or admitted requests hold.</summary>
    public int PinnedSegments { get; init; }

    /// <summary>Requests that wait for frames, holding nothing.</summary>
    public int WaitingRequests { get; init; }

    /// <summary>Requests that have their frames and wait for loads.</summary>
    public int LoadingRequests { get; init; }

    /// <summary>Leases that are out.</summary>
    public int Leases { get; init; }

    /// <summary>Loads that are being carried out.</summary>
    public int LoadsInFlight { get; init; }
}
