namespace WasmChord.Memory64.Tests;

public class LayerCacheResizeTests
{
    [Fact]
    public void Resize_Smaller_EvictsNowAndTheRestAsLeasesReturn()
    {
        var bench = new CacheBench(CacheBench.Plain(5), 4);
        bench.Use(0);
        LeaseId a = bench.Lease(1), b = bench.Lease(2);
        bench.Cache.Resize(4096);
        bench.Drain();
        Assert.Equal([1, 2], bench.Resident());
        Assert.Equal((4096L, 8192L), (bench.Cache.TargetBytes, bench.Cache.UsedBytes));
        RequestId hit = bench.Ask(1);
        Assert.False(bench.IsAnswered(hit));
        bench.Release(a);
        Assert.Equal([2], bench.Resident());
        bench.Release(b);
        bench.LoadAll();
        bench.LeaseOf(hit);
        Assert.Equal(4096, bench.Cache.UsedBytes);
    }

    [Fact]
    public void Resize_WaitingRequestCanNeverFit_IsRefused()
    {
        var bench = new CacheBench(CacheBench.Plain(4), 2);
        bench.Lease(0);
        RequestId large = bench.Ask(1, 2), small = bench.Ask(3);
        bench.Cache.Resize(4096);
        bench.Drain();
        Assert.Equal(RefusalReason.BudgetShrunk, bench.RefusalOf(large));
        Assert.False(bench.IsAnswered(small));
    }

    [Fact]
    public void Resize_Larger_AdmitsWaiting()
    {
        var bench = new CacheBench(CacheBench.Plain(3), 1);
        bench.Lease(0);
        RequestId waiting = bench.Ask(1, 2);
        Assert.Equal(RefusalReason.LayerExceedsBudget, bench.RefusalOf(waiting));
        RequestId small = bench.Ask(1);
        bench.Cache.Resize(2 * 4096);
        bench.LoadAll();
        bench.LeaseOf(small);
    }

    [Fact]
    public void Resize_NotPositive_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CacheBench(CacheBench.Plain(1), 1).Cache.Resize(0));

    [Fact]
    public void Limits_Nonsense_Throws()
    {
        SegmentTable table = CacheBench.Plain(1);
        IEvictionPolicy policy = EvictionPolicy.Create(EvictionPolicyKind.Lru, table);
        Assert.Throws<ArgumentOutOfRangeException>(() => new LayerCache(table, new CacheLimits(0, 1, 1, 1), policy));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LayerCache(table, new CacheLimits(1, -1, 1, 1), policy));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LayerCache(table, new CacheLimits(1, 1, -1, 1), policy));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LayerCache(table, new CacheLimits(1, 1, 1, -1), policy));
    }

    [Fact]
    public void SharedFrame_CountsOnceAndIsFreedByTheLast()
    {
        // Two segments of one and a half frames each: three frames, the middle one shared.
        var bench = new CacheBench(CacheBench.Packed([6144, 6144], 1), 3);
        bench.Ask(0);
        Assert.Equal(new FrameRange(0, 2), bench.Start().NewFrames);
        bench.Ask(1);
        Assert.Equal(new FrameRange(2, 1), bench.Start().NewFrames);
        Assert.Equal(3 * 4096, bench.Cache.UsedBytes);
        bench.LoadAll();
        foreach (CacheEffect e in bench.Effects.Where(e => e.Kind == CacheEffectKind.Granted).ToArray()) bench.Release(e.Lease);
        bench.Cache.EvictAll();
        bench.Drain();
        Assert.Equal([new FrameRange(0, 1), new FrameRange(1, 2)],
            bench.Effects.Where(e => e.Kind == CacheEffectKind.FramesFreed).Select(e => e.Frames));
    }

    [Fact]
    public void DeclareOrder_UnknownSegment_Throws() =>
        Assert.Throws<ArgumentException>(() => new CacheBench(CacheBench.Plain(2), 1).Cache.DeclareOrder(CacheBench.Ids(0, 2), true));

    [Fact]
    public void DeclareOrder_WithVisitor_OthersDoNotMoveIt()
    {
        var bench = new CacheBench(CacheBench.Plain(6), 3, EvictionPolicyKind.Scan);
        var visitor = new OwnerId(1000);
        bench.Cache.DeclareOrder(CacheBench.Ids(0, 1, 2, 3, 4, 5), true, visitor);
        bench.Use(5);
        bench.Use(2);
        RequestId first = bench.Ask(visitor, 10, 0);
        bench.LoadAll();
        bench.Release(bench.LeaseOf(first));
        bench.Use(1);
        // The visitor stands after 0, which is farthest, whatever the others have used since.
        Assert.Equal([1, 2, 5], bench.Resident());
    }
}
