namespace WasmChord.Memory64.Tests.Regions;

public sealed class ImageGenerationTests : SmallGeneration
{
    [Fact]
    public void TryRenew_DisposedHold_KeepsTheNewSegmentWhenTheGenerationIsRetired()
    {
        Segment first = Committed(0), second = Committed(1);
        ImageHold hold = Assert.IsType<ImageHold>(Generation.TryHold([first]));
        hold.Dispose();
        Assert.True(Generation.TryRenew(hold, [second]));
        long lingering = -1;
        Generation.Retire(bytes => lingering = bytes);
        Assert.Equal(second.FrameCount * Layout.Segments.FrameBytes, lingering);
        Assert.Equal(second.ByteLength, Image.HeldBytes);
        hold.Dispose();
        Assert.Equal(0, lingering);
    }

    [Fact]
    public void TryRenew_RetiredGeneration_HoldsNothing()
    {
        Segment first = Committed(0);
        ImageHold hold = Assert.IsType<ImageHold>(Generation.TryHold([first]));
        hold.Dispose();
        Generation.Retire(_ => { });
        Assert.False(Generation.TryRenew(hold, [first]));
        Assert.Null(Generation.TryHold([first]));
    }

    [Fact]
    public void TryRenew_HoldThatHoldsOrIsOfAnotherGeneration_IsAnError()
    {
        Segment first = Committed(0);
        ImageHold hold = Assert.IsType<ImageHold>(Generation.TryHold([first]));
        Assert.Throws<InvalidOperationException>(() => Generation.TryRenew(hold, [first]));
        hold.Dispose();
        using SlotImage other = new(Layout);
        Assert.Throws<InvalidOperationException>(() => new ImageGeneration(2, other, Layout.Segments).TryRenew(hold, [first]));
    }

    private Segment Committed(int segment)
    {
        Segment s = Layout.Segments[new SegmentId(segment)];
        Image.Commit(s, default);
        return s;
    }
}
