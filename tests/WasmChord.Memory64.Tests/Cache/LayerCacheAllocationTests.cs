namespace WasmChord.Memory64.Tests;

public class LayerCacheAllocationTests
{
    [Theory]
    [InlineData(EvictionPolicyKind.Lru)]
    [InlineData(EvictionPolicyKind.Scan)]
    [InlineData(EvictionPolicyKind.Auto)]
    public void HitsAndMisses_SteadyState_AllocateNothing(EvictionPolicyKind kind)
    {
        // More segments than the integrity check of debug builds looks at.
        SegmentTable table = CacheBench.Plain(40, 4);
        var cache = new LayerCache(table, new CacheLimits(80 * 4096, 4, 0, 1), EvictionPolicy.Create(kind, table));
        SegmentId[][] layers = [.. Enumerable.Range(0, 40).Select(l => CacheBench.Ids(4 * l, 4 * l + 1, 4 * l + 2, 4 * l + 3))];
        long request = Passes(cache, layers, 30, 0);
        CacheStatistics before = cache.Snapshot();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Passes(cache, layers, 30, request);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - allocated);
        Assert.True(cache.Snapshot().Evictions > before.Evictions);
        Assert.True(cache.Snapshot().Hits > before.Hits);
    }

    private static long Passes(LayerCache cache, SegmentId[][] layers, int passes, long request)
    {
        for (int pass = 0; pass < passes; pass++)
        {
            foreach (SegmentId[] layer in layers)
            {
                // Twice: whatever the policy, the second is a hit.
                for (int use = 0; use < 2; use++)
                {
                    cache.Acquire(new RequestId(++request), new OwnerId(request % 3), layer, long.MaxValue, 0);
                    LeaseId lease = default;
                    while (cache.TryDequeue(out CacheEffect effect)) lease = effect.Lease;
                    while (cache.TryStartLoad(out LoadTicket ticket))
                    {
                        cache.LoadSucceeded(ticket, 4096);
                        while (cache.TryDequeue(out CacheEffect effect)) lease = effect.Lease;
                    }
                    cache.Release(lease);
                }
            }
        }
        return request;
    }
}
