using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Actors.Tests;

public sealed class ReadPlanTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(30, true)]
    public void Create_Budgets_GroupsCoverTheOrderOnceAndLeaveRoomForTheNext(int largestSegments, bool ahead)
    {
        SegmentTable table = Table(blocks: 20);
        SegmentId[] order = Order(table);
        long largest = 5 * table.FrameBytes;
        ReadPlan plan = ReadPlan.Create(table, order, largestSegments * largest, isWarm: true);
        Assert.Equal(order, Enumerable.Range(0, plan.Count).SelectMany(g => plan.Group(g)));
        Assert.False(plan.IsWhole);
        Assert.Equal(ahead, plan.LeasesAhead);
        for (int g = 0; g < plan.Count; g++)
        {
            Assert.Equal(g, plan.GroupAt(plan.EndOf(g) - 1));
            long bytes = plan.Group(g).Sum(id => table[id].FrameCount * table.FrameBytes);
            if (ahead) Assert.True(4 * bytes <= largestSegments * largest, $"group {g} has {bytes} bytes");
            else Assert.Single(plan.Group(g));
        }
    }

    [Fact]
    public void Create_OrderFits_IsOneLeaseOnceWarmAndStaysOnlyWhereTheImageFits()
    {
        SegmentTable table = Table(blocks: 4);
        SegmentId[] order = Order(table);
        long all = table.FrameCount * table.FrameBytes;
        Assert.False(ReadPlan.Create(table, order, all, isWarm: false).IsWhole);
        Assert.True(ReadPlan.Create(table, order, all, isWarm: false).CouldBeWhole);
        ReadPlan whole = ReadPlan.Create(table, order, all, isWarm: true);
        Assert.Equal((1, true, true), (whole.Count, whole.IsWhole, whole.MayStay));
        ReadPlan pass = ReadPlan.Create(table, order, all - table.FrameBytes, isWarm: true);
        Assert.Equal((1, true, false), (pass.Count, pass.IsWhole, pass.MayStay));
    }

    [Fact]
    public void Create_ExpertsOutsideTheOrder_LeaveRoomForThem()
    {
        SegmentTable table = Table(blocks: 4);
        SegmentId[] order = [.. Order(table).Where(id => id.Value % 3 == 0)];
        long needed = order.Sum(id => table[id].FrameCount * table.FrameBytes);
        Assert.False(ReadPlan.Create(table, order, needed, isWarm: true).IsWhole);
        Assert.True(ReadPlan.Create(table, order, needed + 20 * table.FrameBytes, isWarm: true).IsWhole);
    }

    // An embedding that the order leaves out, then blocks of three segments of 1, 5 and 3 frames.
    private static SegmentTable Table(int blocks)
    {
        List<Segment> segments = [];
        int frame = 0;
        Add(LayerId.Embedding, 4);
        for (int b = 0; b < blocks; b++)
            foreach (int frames in new[] { 1, 5, 3 }) Add(LayerId.Block(b), frames);
        return new SegmentTable(segments, 4096, frame);

        void Add(LayerId layer, int frames)
        {
            int id = segments.Count;
            segments.Add(new Segment(new SegmentId(id), layer, id, 0, 0, frame * 4096L, frames * 4096L, 0, frame * 4096L, frames * 4096L, frame, frames));
            frame += frames;
        }
    }

    private static SegmentId[] Order(SegmentTable table) => [.. table.Segments.ToArray().Where(s => s.Layer.IsBlock).Select(s => s.Id)];
}
