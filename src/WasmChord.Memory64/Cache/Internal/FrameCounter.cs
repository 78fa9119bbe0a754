namespace WasmChord.Memory64;

/// <summary>Counts, for a set of segments, how many of them touch each frame, and how many frames they touch together.</summary>
internal sealed class FrameCounter(SegmentTable table)
{
    private readonly int[] _touches = new int[table.FrameCount];

    /// <summary>Frames that at least one segment of the set touches.</summary>
    public int Frames { get; private set; }

    /// <summary>Segments of the set that touch <paramref name="frame"/>.</summary>
    public int TouchesOf(int frame) => _touches[frame];

    public void Add(SegmentId segment)
    {
        foreach (ref int touches in FramesOf(segment))
        {
            if (touches++ == 0) Frames++;
        }
    }

    public void Remove(SegmentId segment)
    {
        foreach (ref int touches in FramesOf(segment))
        {
            if (--touches == 0) Frames--;
        }
    }

    private Span<int> FramesOf(SegmentId segment)
    {
        Segment s = table[segment];
        return _touches.AsSpan(s.FirstFrame, s.FrameCount);
    }
}
