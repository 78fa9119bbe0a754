using System.Collections;

namespace WasmChord.Memory64;

/// <summary>
/// Which frames are in use, and why. Four nested or overlapping sets of segments are counted by frame, since neighbours
/// share frames and a sum over segments would count those twice.
/// </summary>
internal sealed class FrameLedger
{
    private readonly SegmentTable _table;
    private readonly BitArray _committed;

    public FrameLedger(SegmentTable table)
    {
        _table = table;
        _committed = new BitArray(table.FrameCount);
        Used = new FrameCounter(table);
        Kept = new FrameCounter(table);
        Held = new FrameCounter(table);
        Resident = new FrameCounter(table);
        Scratch = new FrameCounter(table);
        foreach (Segment s in table.Segments) Used.Add(s.Id);
        foreach (Segment s in table.Segments)
        {
            for (int frame = s.FirstFrame + 1; frame < s.FirstFrame + s.FrameCount - 1; frame++)
            {
                if (Used.TouchesOf(frame) != 1)
                    throw new ArgumentException($"segment {s.Id} shares frame {frame}, which is neither its first nor its last", nameof(table));
            }
        }
        foreach (Segment s in table.Segments) Used.Remove(s.Id);
    }

    /// <summary>Segments that are queued to be loaded, loading or resident: what the budget bounds.</summary>
    public FrameCounter Used { get; }

    /// <summary>Those of them that a prefetch may not displace: held, or prefetched and not used yet.</summary>
    public FrameCounter Kept { get; }

    /// <summary>Those of them that nothing may displace: pinned or loading.</summary>
    public FrameCounter Held { get; }

    /// <summary>Those of them that are resident.</summary>
    public FrameCounter Resident { get; }

    /// <summary>Empty between uses; counts the frames of a set just named.</summary>
    public FrameCounter Scratch { get; }

    /// <summary>True when the frame holds memory: a load that touches it has started since it was last free.</summary>
    public bool IsCommitted(int frame) => _committed[frame];

    /// <summary>
    /// Marks the segment's frames as holding memory and returns those that did not before. Only its first and last
    /// frame can be shared, so they are consecutive.
    /// </summary>
    public FrameRange Commit(SegmentId segment)
    {
        Segment s = _table[segment];
        int from = s.FirstFrame, to = s.FirstFrame + s.FrameCount;
        while (from < to && _committed[from]) from++;
        while (to > from && _committed[to - 1]) to--;
        for (int frame = from; frame < to; frame++) _committed[frame] = true;
        return new FrameRange(from, to - from);
    }

    /// <summary>
    /// The next run of the segment's frames at or after <paramref name="from"/> that hold memory which nothing uses any
    /// more; marks them free. At most two runs: a load that never started owns its shared ends, but not its middle.
    /// </summary>
    public FrameRange Reclaim(SegmentId segment, int from)
    {
        Segment s = _table[segment];
        int end = s.FirstFrame + s.FrameCount;
        int first = Math.Max(from, s.FirstFrame);
        while (first < end && !IsReclaimable(first)) first++;
        int next = first;
        for (; next < end && IsReclaimable(next); next++) _committed[next] = false;
        return new FrameRange(first, next - first);
    }

    private bool IsReclaimable(int frame) => _committed[frame] && Used.TouchesOf(frame) == 0;
}
