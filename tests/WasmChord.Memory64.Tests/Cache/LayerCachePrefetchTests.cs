namespace WasmChord.Memory64.Tests;

public class LayerCachePrefetchTests
{
    [Fact]
    public void Prefetch_ThenUse_CountsAsReadAndPrefetchHit()
    {
        var bench = new CacheBench(CacheBench.Plain(4), 4);
        Assert.Equal(2, bench.Cache.Prefetch(CacheBench.Ids(1, 2)));
        bench.LoadAll();
        bench.LeaseOf(bench.Ask(1));
        CacheStatistics s = bench.Cache.Snapshot();
        Assert.Equal((0, 1, 1, 2), (s.Hits, s.Misses, s.PrefetchHits, s.Prefetches));
        Assert.Equal(4096, s.ReadAheadBytes);
    }

    [Fact]
    public void Prefetch_BeyondReadAheadLimit_Stops()
    {
        var bench = new CacheBench(CacheBench.Plain(6), 6, readAheadFrames: 2);
        Assert.Equal(2, bench.Cache.Prefetch(CacheBench.Ids(0, 1, 2, 3)));
        Assert.Equal(0, bench.Cache.Prefetch(CacheBench.Ids(4)));
        bench.LoadAll();
        bench.Use(0);
        Assert.Equal(1, bench.Cache.Prefetch(CacheBench.Ids(4)));
    }

    [Fact]
    public void Prefetch_UnderLeasesAndPrefetches_DisplacesNeither()
    {
        var bench = new CacheBench(CacheBench.Plain(5), 3);
        bench.Lease(0);
        Assert.Equal(2, bench.Cache.Prefetch(CacheBench.Ids(1, 2, 3)));
        bench.LoadAll();
        Assert.Equal([0, 1, 2], bench.Resident());
        Assert.Equal(0, bench.Cache.Prefetch(CacheBench.Ids(3)));
    }

    [Fact]
    public void Prefetch_ScanKnowsVictimsAreSooner_Declines()
    {
        var bench = new CacheBench(CacheBench.Plain(6), 3, EvictionPolicyKind.Scan);
        bench.Cache.DeclareOrder(CacheBench.Ids(0, 1, 2, 3, 4, 5), true);
        bench.Use(0);
        bench.Use(1);
        bench.Use(2);
        bench.Cache.DeclareOrder(CacheBench.Ids(0, 1, 2, 3, 4, 5), true);
        Assert.Equal(0, bench.Cache.Prefetch(CacheBench.Ids(3)));
        bench.Use(0);
        Assert.Equal(1, bench.Cache.Prefetch(CacheBench.Ids(3)));
        bench.LoadAll();
        Assert.Equal([1, 2, 3], bench.Resident());
    }

    [Fact]
    public void Prefetch_RequestsWait_LeavesThemTheFrames()
    {
        var bench = new CacheBench(CacheBench.Plain(4), 2);
        bench.Lease(0);
        bench.Ask(1, 2);
        Assert.Equal(0, bench.Cache.Prefetch(CacheBench.Ids(3)));
    }

    [Fact]
    public void Demand_NothingElseToEvict_TakesFarthestPrefetch()
    {
        var bench = new CacheBench(CacheBench.Plain(5), 3);
        bench.Cache.Prefetch(CacheBench.Ids(1, 2, 3));
        bench.LoadAll();
        bench.Lease(4);
        Assert.Equal([1, 2, 4], bench.Resident());
        Assert.Equal(1, bench.Cache.Snapshot().UnusedPrefetches);
    }

    [Fact]
    public void Demand_OrdinaryCandidateThere_SparesPrefetch()
    {
        var bench = new CacheBench(CacheBench.Plain(4), 2);
        bench.Cache.Prefetch(CacheBench.Ids(1));
        bench.LoadAll();
        bench.Use(0);
        bench.Lease(2);
        Assert.Equal([1, 2], bench.Resident());
    }

    [Fact]
    public void Demand_PrefetchBeingRead_IsNotTaken()
    {
        var bench = new CacheBench(CacheBench.Plain(3), 1);
        bench.Cache.Prefetch(CacheBench.Ids(1));
        LoadTicket reading = bench.Start();
        Assert.False(reading.Demanded);
        RequestId request = bench.Ask(0);
        Assert.Equal(1, bench.Cache.Snapshot().WaitingRequests);
        bench.Finish(reading);
        bench.LoadAll();
        bench.LeaseOf(request);
    }

    [Fact]
    public void Demand_ForQueuedPrefetch_PromotesIt()
    {
        var bench = new CacheBench(CacheBench.Plain(4), 4);
        bench.Cache.Prefetch(CacheBench.Ids(0, 1, 2));
        bench.Ask(2);
        LoadTicket first = bench.Start();
        Assert.Equal((2, true), (first.Segment.Value, first.Demanded));
        Assert.Equal(0, bench.Start().Segment.Value);
        CacheStatistics s = bench.Cache.Snapshot();
        Assert.Equal((1, 0), (s.Misses, s.PrefetchHits));
    }

    [Fact]
    public void Prefetch_Fails_FreesItsFramesQuietly()
    {
        var bench = new CacheBench(CacheBench.Plain(2), 2);
        bench.Cache.Prefetch(CacheBench.Ids(0));
        bench.Fail(bench.Start(), "gone");
        CacheStatistics s = bench.Cache.Snapshot();
        Assert.Equal((0L, 0L, 1L, 0L), (s.UsedBytes, s.ReadAheadBytes, s.FailedLoads, s.Refusals));
    }

    [Fact]
    public void Auto_PrefetchWithoutOrder_FollowsTheImage()
    {
        var bench = new CacheBench(CacheBench.Plain(8), 2, EvictionPolicyKind.Auto);
        bench.Use(3);
        bench.Use(4);
        Assert.Equal(0, bench.Cache.Prefetch(CacheBench.Ids(3)));
        Assert.Equal(1, bench.Cache.Prefetch(CacheBench.Ids(5)));
        bench.LoadAll();
        Assert.Equal([3, 5], bench.Resident());
    }
}
