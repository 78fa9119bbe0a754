using WasmChord.Memory64.Tests.Regions;

namespace WasmChord.Memory64.Tests.Loading;

public sealed class SegmentLoadTests : SmallGeneration
{
    private Segment First => Layout.Segments[new SegmentId(0)];

    private Segment Second => Layout.Segments[new SegmentId(1)];

    [Fact]
    public void TryRenew_DisposedLoad_IsALoadOfTheNewSegmentWithoutAPast()
    {
        SegmentLoad load = Load();
        load.FailedAttempts = 3;
        load.Dispose();
        LoadTicket ticket = new(Second.Id, 9, default, true);
        Assert.True(load.TryRenew(ticket, Second, populate: true));
        Assert.Equal((ticket, Second, 0, true), (load.Ticket, load.Segment, load.FailedAttempts, load.Populate));
        Assert.True(load.TryEnter());
        load.Leave();
        // It holds the new segment until it is disposed again.
        long lingering = -1;
        Generation.Retire(bytes => lingering = bytes);
        Assert.Equal(Second.FrameCount * Layout.Segments.FrameBytes, lingering);
        load.Dispose();
        Assert.Equal(0, lingering);
        Assert.False(load.TryEnter());
    }

    [Fact]
    public void TryRenew_LoadInUse_IsAnError()
    {
        SegmentLoad load = Load();
        Assert.Throws<InvalidOperationException>(() => load.TryRenew(default, Second, false));
        Assert.True(load.TryEnter());
        load.Dispose();
        // The stage inside still touches the first segment's place.
        Assert.Throws<InvalidOperationException>(() => load.TryRenew(default, Second, false));
        load.Leave();
        Assert.True(load.TryRenew(default, Second, false));
    }

    [Fact]
    public void TryRenew_RetiredGeneration_IsRefusedAndNothingCanBegin()
    {
        SegmentLoad load = Load();
        load.Dispose();
        Generation.Retire(_ => { });
        Assert.False(load.TryRenew(default, Second, false));
        Assert.False(load.TryEnter());
        Assert.Equal(First, load.Segment);
    }

    private SegmentLoad Load() => new(new LoadTicket(First.Id, 1, default, true), First, Generation, Generation.TryHold([First])!, populate: false);
}
