using WasmChord.Memory64.Tests.Layout;

namespace WasmChord.Memory64.Tests.Regions;

public sealed unsafe class MappedImageTests
{
    private static readonly ImageOptions s_huge = new(FrameBytes: ImageOptions.HugePageBytes);

    [Fact]
    public void Commit_AfterEviction_MovesTheFramesAndTheNewSegmentKeepsItsBytes()
    {
        ImageLayout layout = SyntheticLayers.Small(blocks: 64).Place(s_huge);
        using MappedImage image = new(layout);
        Segment[] large = [.. layout.Segments.Segments.ToArray().Where(s => s.ByteLength > 8 << 20)];
        Random random = new(7);
        Queue<Segment> resident = new();
        for (int step = 0; step < 400; step++)
        {
            if (resident.Count == 6)
            {
                Segment victim = resident.Dequeue();
                Assert.Equal((byte)victim.Id.Value, image.AddressOf(victim)[victim.ByteLength / 2]);
                image.Evict(victim, new FrameRange(victim.FirstFrame, victim.FrameCount));
            }

            Segment segment = large[random.Next(large.Length)];
            if (resident.Contains(segment)) continue;
            if (!image.Commit(segment, new FrameRange(segment.FirstFrame, segment.FrameCount))) image.Populate(segment);
            new Span<byte>(image.AddressOf(segment), (int)segment.ByteLength).Fill((byte)segment.Id.Value);
            resident.Enqueue(segment);
            Assert.True(image.HeldBytes <= 6 * layout.LargestSegmentBytes);
        }

        Assert.True(image.RecycledFrames > 1000, $"{image.RecycledFrames} frames recycled");
        image.Trim(0);
        Assert.Equal(resident.Sum(s => s.FrameCount) * layout.Segments.FrameBytes, image.HeldBytes);
    }

    [Fact]
    public void Commit_WhereASpareFrameLies_UsesItInPlaceAndNeverMovesItAway()
    {
        ImageLayout layout = SyntheticLayers.Small(blocks: 64).Place(s_huge);
        using MappedImage image = new(layout);
        Segment[] segments = [.. layout.Segments.Segments.ToArray().Where(s => s.ByteLength > 8 << 20).Take(2)];
        foreach (Segment s in segments) image.Commit(s, new FrameRange(s.FirstFrame, s.FrameCount));
        foreach (Segment s in segments) image.Evict(s, new FrameRange(s.FirstFrame, s.FrameCount));

        foreach (Segment s in segments)
        {
            image.Commit(s, new FrameRange(s.FirstFrame, s.FrameCount));
            new Span<byte>(image.AddressOf(s), (int)s.ByteLength).Fill((byte)(s.Id.Value + 1));
        }

        foreach (Segment s in segments)
            Assert.Equal(-1, new ReadOnlySpan<byte>(image.AddressOf(s), (int)s.ByteLength).IndexOfAnyExcept((byte)(s.Id.Value + 1)));
    }

    [Fact]
    public void Reserve_HundredGigabytes_HoldsNothing()
    {
        using RegionMapping region = RegionMapping.Reserve(100L << 30, hugePages: true);
        region.Start[99L << 30] = 1;
        Assert.Equal(0, region.Start[(99L << 30) - 1]);
        Assert.Equal(0, (nint)region.Start % ImageOptions.HugePageBytes);
    }

    [Fact]
    public void Reserve_MoreThanTheAddressSpace_IsRefusedWithTheNumber()
    {
        RegionException e = Assert.Throws<RegionException>(() => RegionMapping.Reserve(1L << 60, hugePages: false));
        Assert.Contains((1L << 60).ToString()[..6], e.Message);
    }

    [Fact]
    public void SmallFrames_Evicted_AreReturnedAndReadAsZero()
    {
        ImageLayout layout = SyntheticLayers.Small().Place(new ImageOptions(FrameBytes: ImageOptions.PageBytes));
        using MappedImage image = new(layout);
        Segment s = layout.Segments[new SegmentId(1)];
        Assert.False(image.Commit(s, new FrameRange(s.FirstFrame, s.FrameCount)));
        image.Populate(s);
        *image.AddressOf(s) = 9;
        image.Evict(s, new FrameRange(s.FirstFrame, s.FrameCount));
        Assert.Equal(0, *image.AddressOf(s));
        Assert.Equal(0, image.HeldBytes);
    }

    [Fact]
    public void SlotImage_CommitAndEvict_CountsWhatItHolds()
    {
        ImageLayout layout = SyntheticLayers.Small().Place();
        using SlotImage image = new(layout);
        Segment a = layout.Segments[new SegmentId(0)], b = layout.Segments[new SegmentId(1)];
        Assert.True(image.Commit(a, default));
        Assert.True(image.Commit(b, default));
        image.AddressOf(a)[a.ByteLength - 1] = 1;
        Assert.Equal(a.ByteLength + b.ByteLength, image.HeldBytes);
        image.Evict(a, default);
        image.Evict(a, default);
        Assert.Equal(b.ByteLength, image.HeldBytes);
        Assert.True(image.AddressOf(a) is null);
    }
}
