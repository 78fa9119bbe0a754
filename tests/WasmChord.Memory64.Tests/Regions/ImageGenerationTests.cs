using WasmChord.Memory64.Tests.Layout;

namespace WasmChord.Memory64.Tests.Regions;

public sealed class ImageGenerationTests
{
    private readonly ImageLayout _layout = SyntheticLayers.Small().Place();
    private readonly SlotImage _image;
    private readonly ImageGeneration _generation;

    public ImageGenerationTests()
    {
        _image = new SlotImage(_layout);
        _generation = new ImageGeneration(1, _image, _layout.Segments);
    }

    [Fact]
    public void TryRenew_DisposedHold_KeepsTheNewSegmentWhenTheGenerationIsRetired()
    {
        Segment first = Committed(0), second = Committed(1);
        ImageHold hold = Assert.IsType<ImageHold>(_generation.TryHold([first]));
        hold.Dispose();
        Assert.True(_generation.TryRenew(hold, [second]));
        long lingering = -1;
        _generation.Retire(bytes => lingering = bytes);
        Assert.Equal(second.FrameCount * _layout.Segments.FrameBytes, lingering);
        Assert.Equal(second.ByteLength, _image.HeldBytes);
        hold.Dispose();
        Assert.Equal(0, lingering);
    }

    [Fact]
    public void TryRenew_RetiredGeneration_HoldsNothing()
    {
        Segment first = Committed(0);
        ImageHold hold = Assert.IsType<ImageHold>(_generation.TryHold([first]));
        hold.Dispose();
        _generation.Retire(_ => { });
        Assert.False(_generation.TryRenew(hold, [first]));
        Assert.Null(_generation.TryHold([first]));
    }

    [Fact]
    public void TryRenew_HoldThatHoldsOrIsOfAnotherGeneration_IsAnError()
    {
        Segment first = Committed(0);
        ImageHold hold = Assert.IsType<ImageHold>(_generation.TryHold([first]));
        Assert.Throws<InvalidOperationException>(() => _generation.TryRenew(hold, [first]));
        hold.Dispose();
        using SlotImage other = new(_layout);
        Assert.Throws<InvalidOperationException>(() => new ImageGeneration(2, other, _layout.Segments).TryRenew(hold, [first]));
    }

    private Segment Committed(int segment)
    {
        Segment s = _layout.Segments[new SegmentId(segment)];
        _image.Commit(s, default);
        return s;
    }
}
