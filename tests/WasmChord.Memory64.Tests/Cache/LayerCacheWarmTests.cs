namespace WasmChord.Memory64.Tests;

public class LayerCacheWarmTests
{
    [Fact]
    public void Warm_NobodyAsks_FillsTheBudgetWithTheMostValuableAndEvictsNothing()
    {
        var bench = new CacheBench(CacheBench.Plain(8), 4);
        bench.Cache.Warm(CacheBench.Ids(5, 1, 7, 2, 0));
        bench.LoadAll();
        Assert.Equal([1, 2, 5, 7], bench.Resident());
        CacheStatistics s = bench.Cache.Snapshot();
        Assert.Equal((0, 0, 4, 0L), (s.Evictions, s.Misses, s.Prefetches, s.ReadAheadBytes));
    }

    [Fact]
    public void Warm_ThenUse_CountsAsReadAheadOnceAndAsAHitAfter()
    {
        var bench = new CacheBench(CacheBench.Plain(4), 4);
        bench.Cache.Warm(CacheBench.Ids(1));
        bench.LoadAll();
        bench.Use(1);
        bench.Use(1);
        CacheStatistics s = bench.Cache.Snapshot();
        Assert.Equal((1, 1, 1), (s.Hits, s.Misses, s.PrefetchHits));
    }

    [Fact]
    public void Warm_RequestsAndPrefetches_GoFirst()
    {
        var bench = new CacheBench(CacheBench.Plain(8), 8);
        bench.Cache.Warm(CacheBench.Ids(0, 1, 2));
        bench.Cache.Prefetch(CacheBench.Ids(5));
        bench.Ask(4);
        Assert.Equal((4, true), (bench.Start().Segment.Value, bench.InFlight[^1].Demanded));
        Assert.Equal(5, bench.Start().Segment.Value);
        Assert.False(bench.Cache.TryStartLoad(out _)); // a request still waits for its load
        foreach (LoadTicket asked in bench.InFlight.ToArray()) bench.Finish(asked);
        bench.LoadAll();
        Assert.Equal([0, 1, 2, 4, 5], bench.Resident());
    }

    [Fact]
    public void Warm_FewLoadsAtOnce_LeaveRoomForWhoAsks()
    {
        var bench = new CacheBench(CacheBench.Plain(16), 16);
        bench.Cache.Warm(CacheBench.Ids([.. Enumerable.Range(0, 16)]));
        int begun = 0;
        while (bench.Cache.TryStartLoad(out _)) begun++;
        Assert.Equal(3, begun);
    }

    [Theory]
    [InlineData(EvictionPolicyKind.Lru)]
    [InlineData(EvictionPolicyKind.Scan)]
    [InlineData(EvictionPolicyKind.Auto)]
    public void Warm_BudgetFull_GivesWayToWhateverIsAskedFor(EvictionPolicyKind policy)
    {
        var bench = new CacheBench(CacheBench.Plain(8), 4, policy);
        bench.Cache.Warm(CacheBench.Ids(0, 1, 2, 3));
        bench.LoadAll();
        bench.Use(4, 5, 6, 7);
        Assert.Equal([4, 5, 6, 7], bench.Resident());
        Assert.Equal(4, bench.Cache.Snapshot().UnusedPrefetches);
        Assert.Equal(0, bench.Cache.Snapshot().Waits);
    }

    [Fact]
    public void Warm_UnderRecency_LosesTheLeastValuableFirst()
    {
        var bench = new CacheBench(CacheBench.Plain(8), 4);
        bench.Cache.Warm(CacheBench.Ids(6, 3, 0, 5));
        bench.LoadAll();
        bench.Use(1);
        Assert.Equal([0, 1, 3, 6], bench.Resident());
        bench.Use(2);
        Assert.Equal([1, 2, 3, 6], bench.Resident());
    }

    [Fact]
    public void Warm_MemoryNotPresentYet_WaitsForIt()
    {
        var bench = new CacheBench(CacheBench.Plain(8), 6);
        bench.Cache.SetPresent(2 * 4096);
        bench.Cache.Warm(CacheBench.Ids(0, 1, 2, 3));
        bench.LoadAll();
        Assert.Equal([0, 1], bench.Resident());
        bench.Cache.SetPresent(6 * 4096);
        bench.LoadAll();
        Assert.Equal([0, 1, 2, 3], bench.Resident());
    }

    [Fact]
    public void Warm_SegmentThatCannotBeRead_IsPassedOver()
    {
        var bench = new CacheBench(CacheBench.Plain(4), 4);
        bench.Cache.Warm(CacheBench.Ids(2, 1));
        bench.Fail(bench.Start(), "broken");
        bench.LoadAll();
        Assert.Equal([1], bench.Resident());
    }

    /// <summary>What the whole is for: a pass over a model twice the budget finds half of it there, whatever the policy.</summary>
    [Theory]
    [InlineData(EvictionPolicyKind.Lru)]
    [InlineData(EvictionPolicyKind.Scan)]
    [InlineData(EvictionPolicyKind.Auto)]
    public void Warm_FromAnEarlierRunOfPasses_HalvesTheFirstPassesWaits(EvictionPolicyKind policy)
    {
        SegmentTable table = CacheBench.Plain(32);
        SegmentUses uses = new(table);
        var before = new CacheBench(table, 16, policy, uses: uses);
        for (int pass = 0; pass < 3; pass++)
            for (int s = 0; s < 32; s++) before.Use(s);

        var after = new CacheBench(table, 16, policy);
        after.Cache.Warm(uses.MostValuable());
        after.LoadAll();
        for (int s = 0; s < 32; s++) after.Use(s);
        CacheStatistics statistics = after.Cache.Snapshot();
        Assert.Equal((32, 16), (statistics.Misses, statistics.PrefetchHits));
    }
}
