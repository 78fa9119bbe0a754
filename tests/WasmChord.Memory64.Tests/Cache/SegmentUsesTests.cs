namespace WasmChord.Memory64.Tests;

public class SegmentUsesTests
{
    [Fact]
    public void MostValuable_UsesThenFirstUse_Decide()
    {
        SegmentTable table = CacheBench.Plain(6);
        SegmentUses uses = new(table);
        foreach (int s in new[] { 4, 2, 5, 2, 5, 0 }) uses.Count(CacheBench.Ids(s));
        Assert.Equal(CacheBench.Ids(2, 5, 4, 0), uses.MostValuable());
        Assert.Equal(6, uses.Total);
    }

    [Fact]
    public void MostValuable_AfterARestart_EarlierRunsCountForHalf()
    {
        SegmentTable table = CacheBench.Plain(4);
        ModelSidecar earlier = Remember(table, (0, 5, 0), (1, 4, 1), (2, 1, 2));
        SegmentUses uses = new(table, earlier);
        Assert.Equal(CacheBench.Ids(0, 1, 2), uses.MostValuable());
        Assert.Equal([3u, 2u, 1u, 0u], Enumerable.Range(0, 4).Select(s => uses.UsesOf(new SegmentId(s))));
        Assert.Equal(0, uses.Total);

        uses.Count(CacheBench.Ids(1, 3));
        Assert.Equal(CacheBench.Ids(1, 0, 3, 2), uses.MostValuable()); // 1 and 0 have three each: this run wanted 1 first
    }

    [Fact]
    public void MostValuable_OtherRanges_AreNotTakenForThese()
    {
        SegmentTable table = CacheBench.Plain(4);
        ModelSidecar other = ModelSidecar.Create([new SidecarFile(new StorageIdentity(1 << 20, 0, 0, 0), 0, 0, null, 0)], [new SidecarExtent(0, 0, 100, null, 9, 0)], []);
        Assert.Empty(new SegmentUses(table, other).MostValuable());
    }

    [Fact]
    public void Count_ManyTimes_StaysBelowWhatASidecarCanHold()
    {
        SegmentTable table = CacheBench.Plain(2);
        SegmentUses uses = new(table, Remember(table, (0, uint.MaxValue, uint.MaxValue)));
        uses.Count(CacheBench.Ids(0, 1));
        Assert.Equal(int.MaxValue + 2u, uses.UsesOf(new SegmentId(0)));
        Assert.Equal([0u, 1u], [uses.PlaceOf(new SegmentId(0)), uses.PlaceOf(new SegmentId(1))]);
    }

    private static ModelSidecar Remember(SegmentTable table, params (int Segment, uint Uses, uint First)[] known) => ModelSidecar.Create(
        [new SidecarFile(new StorageIdentity(1 << 20, 0, 0, 0), 0, 0, null, 0)],
        known.Select(k => (Segment: table[new SegmentId(k.Segment)], k.Uses, k.First))
            .Select(k => new SidecarExtent(0, k.Segment.FileOffset, k.Segment.FileByteLength, null, k.Uses, k.First)),
        []);
}
