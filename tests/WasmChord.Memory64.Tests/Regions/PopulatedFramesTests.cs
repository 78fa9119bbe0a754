using WasmChord.Memory64.Tests.Layout;

namespace WasmChord.Memory64.Tests.Regions;

public sealed unsafe class PopulatedFramesTests
{
    private const long Frame = ImageOptions.HugePageBytes;

    private static readonly ImageOptions s_huge = new(FrameBytes: Frame);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Populating_UpToTheAheadCount_StopsThereAndGoesOnAsFramesAreTaken()
    {
        using SemaphoreSlim progress = new(0);
        using RegionMapping image = RegionMapping.Reserve(16 * Frame, hugePages: true);
        using PopulatedFrames frames = new(4, Frame, () => progress.Release());
        frames.SetLimit(8);
        for (int i = 0; i < 4; i++) Assert.True(progress.Wait(s_patience));
        Assert.Equal((4, 4), (frames.HeldCount, frames.PresentCount));

        for (int i = 0; i < 8; i++)
        {
            if (i >= 4) Assert.True(progress.Wait(s_patience));
            Assert.True(frames.Take(image.Start + i * Frame));
            Assert.True(frames.HeldCount <= 8);
        }

        // All eight are used: the limit leaves nothing to populate, and what is taken beyond it has no memory.
        Assert.False(progress.Wait(TimeSpan.FromMilliseconds(50)));
        Assert.Equal(8, frames.HeldCount);
        Assert.False(frames.Take(image.Start + 8 * Frame));
    }

    [Fact]
    public void SetLimit_BelowWhatIsReady_ReturnsItAtOnce()
    {
        using SemaphoreSlim progress = new(0);
        using PopulatedFrames frames = new(6, Frame, () => progress.Release());
        frames.SetLimit(6);
        for (int i = 0; i < 6; i++) Assert.True(progress.Wait(s_patience));
        frames.SetLimit(2);
        Assert.Equal(2, frames.HeldCount);
        frames.SetLimit(5);
        for (int i = 0; i < 3; i++) Assert.True(progress.Wait(s_patience));
        Assert.Equal(5, frames.HeldCount);
        frames.End();
        Assert.Equal((0, int.MaxValue), (frames.HeldCount, frames.PresentCount));
    }

    [Fact]
    public void Fill_ByManyThreads_BringsZeroedMemoryToEachPlaceAndCountsItOnce()
    {
        const int Count = 64;
        using RegionMapping image = RegionMapping.Reserve(Count * Frame, hugePages: true);
        using PopulatedFrames frames = new(0, Frame, () => { });
        for (int i = 0; i < Count; i++) Assert.False(frames.Take(image.Start + i * Frame));
        nint start = (nint)image.Start;
        Parallel.For(0, Count, new ParallelOptions { MaxDegreeOfParallelism = 24 }, i => frames.Fill((byte*)start + i * Frame));
        Assert.Equal(Count, frames.HeldCount);
        Assert.Equal(-1, new ReadOnlySpan<byte>(image.Start, (int)(Count * Frame)).IndexOfAnyExcept((byte)0));
        frames.Return(Count);
        Assert.Equal(0, frames.HeldCount);
    }

    [Fact]
    public void Image_WhileFramesArePopulated_NeverHoldsMoreThanItsLimitAndKeepsEveryByte()
    {
        ImageLayout layout = SyntheticLayers.Small(blocks: 64).Place(s_huge);
        const int LimitFrames = 24;
        long reports = 0;
        using MappedImage image = new(layout, 8 * Frame, () => Interlocked.Increment(ref reports));
        image.Limit(LimitFrames * Frame);
        Segment[] large = [.. layout.Segments.Segments.ToArray().Where(s => s.ByteLength > 4 << 20)];
        Random random = new(3);
        Queue<Segment> resident = new();
        int used = 0;
        for (int step = 0; step < 300; step++)
        {
            Segment segment = large[random.Next(large.Length)];
            if (resident.Contains(segment)) continue;
            while (used + segment.FrameCount > LimitFrames)
            {
                Segment victim = resident.Dequeue();
                Assert.Equal(-1, new ReadOnlySpan<byte>(image.AddressOf(victim), (int)victim.ByteLength).IndexOfAnyExcept((byte)victim.Id.Value));
                image.Evict(victim, new FrameRange(victim.FirstFrame, victim.FrameCount));
                used -= victim.FrameCount;
            }

            used += segment.FrameCount;
            if (!image.Commit(segment, new FrameRange(segment.FirstFrame, segment.FrameCount))) image.Populate(segment);
            Assert.True(image.HeldBytes <= LimitFrames * Frame, $"step {step}: {image.HeldBytes / Frame} frames held");
            new Span<byte>(image.AddressOf(segment), (int)segment.ByteLength).Fill((byte)segment.Id.Value);
            resident.Enqueue(segment);
        }

        Assert.True(Volatile.Read(ref reports) > 0);
        Assert.True(image.PresentBytes <= LimitFrames * Frame);
        image.ReleaseExcept([.. resident]);
        Assert.Equal(used * Frame, image.HeldBytes);
        Assert.All(resident, s => Assert.Equal((byte)s.Id.Value, image.AddressOf(s)[s.ByteLength - 1]));
    }

    [Fact]
    public void Evict_OfASegmentThatWasNeverFilled_GivesItsPlaceBackWithoutASpare()
    {
        ImageLayout layout = SyntheticLayers.Small(blocks: 64).Place(s_huge);
        using MappedImage image = new(layout);
        Segment s = layout.Segments.Segments.ToArray().First(s => s.FrameCount > 2);
        FrameRange frames = new(s.FirstFrame, s.FrameCount);
        Assert.False(image.Commit(s, frames));
        Assert.Equal(s.FrameCount * Frame, image.HeldBytes);
        image.Evict(s, frames);
        Assert.Equal(0, image.HeldBytes);
        Assert.False(image.Commit(s, frames));
        image.Populate(s);
        image.AddressOf(s)[0] = 5;
        image.Evict(s, frames);
        Assert.True(image.Commit(s, frames));
    }

    [Fact]
    public void Populate_OfNeighboursThatShareAFrame_FillsItOnceAndLosesNothing()
    {
        ImageLayout layout = SyntheticLayers.Small(blocks: 64).Place(s_huge);
        using MappedImage image = new(layout);
        Segment[] all = layout.Segments.Segments.ToArray();
        (Segment a, Segment b) = all.Zip(all.Skip(1)).First(p => p.First.FirstFrame + p.First.FrameCount - 1 == p.Second.FirstFrame);
        int shared = b.FirstFrame;
        Assert.False(image.Commit(a, new FrameRange(a.FirstFrame, a.FrameCount)));
        // B's own frames may all be there already: the shared one is not, and must not be replaced under B's bytes later.
        Assert.False(image.Commit(b, new FrameRange(shared + 1, b.FrameCount - 1)));
        image.Populate(b);
        new Span<byte>(image.AddressOf(b), (int)b.ByteLength).Fill(7);
        image.Populate(a);
        new Span<byte>(image.AddressOf(a), (int)a.ByteLength).Fill(9);
        Assert.Equal(-1, new ReadOnlySpan<byte>(image.AddressOf(b), (int)b.ByteLength).IndexOfAnyExcept((byte)7));
    }

    [Fact]
    public void Image_AfterFramesHaveBeenEverywhere_IsAsFewMappingsAsItHoldsFrames()
    {
        ImageLayout layout = SyntheticLayers.Small(blocks: 64).Place(s_huge);
        const int LimitFrames = 16;
        int before = File.ReadLines("/proc/self/maps").Count();
        using MappedImage image = new(layout, 4 * Frame);
        image.Limit(LimitFrames * Frame);
        Segment? last = null;
        int moved = 0;
        foreach (Segment s in layout.Segments.Segments.ToArray().Where(s => s.FrameCount is > 1 and < LimitFrames))
        {
            if (last is not null) image.Evict(last, new FrameRange(last.FirstFrame, last.FrameCount));
            if (!image.Commit(s, new FrameRange(s.FirstFrame, s.FrameCount))) image.Populate(s);
            image.AddressOf(s)[0] = 1;
            last = s;
            moved += s.FrameCount;
        }

        int added = File.ReadLines("/proc/self/maps").Count() - before;
        // A mapping for each frame that is held and one for each gap, two for each slot, and some that others have made.
        Assert.True(moved > 200, $"{moved} frames");
        Assert.True(added < 2 * LimitFrames + 2 * 20 + 60, $"{added} mappings for {LimitFrames} frames");
    }
}
