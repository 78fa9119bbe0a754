namespace WasmChord.Memory64;

/// <summary>The running numbers behind <see cref="CacheStatistics"/>.</summary>
internal struct CacheCounters
{
    public long Hits, Joins, Misses, PrefetchHits, Prefetches, UnusedPrefetches, Evictions, Waits, Grants, Refusals, FailedLoads, BytesRead;
    public int PeakFrames, LoadsInFlight;
}
