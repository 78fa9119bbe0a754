namespace WasmChord.Memory64;

/// <summary>
/// How often each segment was used, and in which order they were first used: what a later run, or the next generation of
/// this one, begins with. Earlier runs count for half as much with each run. Written by one thread, the cache's; any other
/// may read meanwhile, and finds numbers of this moment or a moment ago.
/// </summary>
public sealed class SegmentUses
{
    private readonly SegmentTable _table;
    private readonly uint[] _carried;   // (segment) → uses of earlier runs
    private readonly uint[] _earlier;   // (segment) → place in the order of first use then, from 1; 0 for never
    private readonly uint[] _uses;      // (segment) → uses of this run
    private readonly uint[] _order;     // (segment) → place in the order of first use, from 1; 0 for never
    private uint _lastPlace;
    private long _total;

    /// <summary>Begins with nothing.</summary>
    public SegmentUses(SegmentTable table) : this(table, null)
    {
    }

    /// <summary>Begins with what an earlier run remembers, as far as its segments are the same byte ranges.</summary>
    public SegmentUses(SegmentTable table, ModelSidecar? sidecar)
    {
        ArgumentNullException.ThrowIfNull(table);
        _table = table;
        _carried = new uint[table.Count];
        _earlier = new uint[table.Count];
        _uses = new uint[table.Count];
        _order = new uint[table.Count];
        if (sidecar is null) return;
        foreach (Segment s in table.Segments)
        {
            if (!sidecar.TryGet(s.FileIndex, s.FileOffset, s.FileByteLength, out SidecarExtent extent) || extent.Uses == 0) continue;
            _carried[s.Id.Value] = extent.Uses / 2 + extent.Uses % 2;
            _earlier[s.Id.Value] = Math.Min(extent.FirstUse, uint.MaxValue - 1) + 1;
        }
    }

    /// <summary>Uses of all segments since this began.</summary>
    public long Total => Volatile.Read(ref _total);

    /// <summary>Counts a use of each segment.</summary>
    public void Count(ReadOnlySpan<SegmentId> segments)
    {
        Volatile.Write(ref _total, _total + segments.Length);
        foreach (SegmentId segment in segments)
        {
            int s = segment.Value;
            if (_uses[s] < uint.MaxValue) _uses[s]++;
            if (_order[s] == 0) Volatile.Write(ref _order[s], ++_lastPlace);
        }
    }

    /// <summary>How often a segment was used, earlier runs included as far as they count.</summary>
    public uint UsesOf(SegmentId segment) => (uint)Math.Min(uint.MaxValue, (ulong)_carried[segment.Value] + _uses[segment.Value]);

    /// <summary>
    /// The segments that were used, the most valuable to have first: those used most often, and of those used equally often
    /// the one that was wanted first. After passes in a fixed order this is the order of a pass.
    /// </summary>
    public SegmentId[] MostValuable()
    {
        List<(uint Uses, ulong Place, int Segment)> used = [];
        for (int s = 0; s < _uses.Length; s++)
        {
            uint uses = UsesOf(new SegmentId(s));
            if (uses > 0) used.Add((uses, Place(s), s));
        }

        used.Sort((a, b) => a.Uses != b.Uses ? b.Uses.CompareTo(a.Uses) : (a.Place, a.Segment).CompareTo((b.Place, b.Segment)));
        return [.. used.Select(u => new SegmentId(u.Segment))];
    }

    /// <summary>The place of a segment in the order of first use, from 0; what this run has not used comes after what it has.</summary>
    public uint PlaceOf(SegmentId segment) => (uint)Math.Min(uint.MaxValue, Place(segment.Value));

    private ulong Place(int segment) => Volatile.Read(ref _order[segment]) is > 0 and uint place
        ? place - 1
        : (ulong)Volatile.Read(ref _lastPlace) + _earlier[segment];
}
