namespace WasmChord.Memory64;

/// <summary>
/// While an order is declared: farthest next use, after what the order does not name (experts), which leaves by recency
/// within the layer. Otherwise the cache follows whichever of three ghosts (recency, image order, recency within the
/// layer) has had most hits of late: it gives up what that ghost does not hold, and so becomes like it at the cost of
/// at most one miss per segment that they differ in.
/// </summary>
/// <remarks>
/// Learning costs up to about one and a half capacities of misses per change of mind. That is below two points of hit
/// ratio on traces of some hundred capacities; on much shorter ones, or if phases are timed against its memory, no
/// deterministic choice between two policies can promise it.
/// </remarks>
internal sealed class AutoPolicy : IEvictionPolicy
{
    /// <summary>
    /// Uses that the score of a ghost remembers, in capacities. Shorter memories follow phases that are over before the
    /// cache has changed sides; longer ones forgo what a change of phase offers.
    /// </summary>
    private const double MemoryInCapacities = 32;

    /// <summary>
    /// Hits, in capacities, by which another ghost must lead before it is followed. Changing sides costs up to one
    /// capacity of misses, so it must not happen for less than a good part of that.
    /// </summary>
    private const double LeadInCapacities = 0.4;

    private const int Recency = 0, Image = 1;
    private readonly SegmentTable _table;
    private readonly SegmentList _recency;
    private readonly OrderedBitSet _candidates;
    private readonly GhostCache[] _ghosts;
    private readonly double[] _scores;
    private VisitOrder? _declared;
    private int _cursor;
    private int _followed;

    public AutoPolicy(SegmentTable table)
    {
        _table = table;
        _recency = new SegmentList(table.Count);
        _candidates = new OrderedBitSet(table.Count);
        var imageOrder = new SegmentId[table.Count];
        for (int i = 0; i < imageOrder.Length; i++) imageOrder[i] = new SegmentId(i);
        long[] weights = WeightsOf(table);
        _ghosts =
        [
            new GhostCache(new SegmentList(table.Count), weights),
            new GhostCache(new VisitOrder(imageOrder, true, table.Count, new SegmentList(table.Count)), weights),
            new GhostCache(new LayerRecency(table), weights),
        ];
        _scores = new double[_ghosts.Length];
        // Recency is at its worst hopeless (a cycle), image order at its worst somewhat behind.
        _followed = Image;
    }

    public EvictionPolicyKind Kind => EvictionPolicyKind.Auto;

    public void SetCapacity(long capacityBytes)
    {
        foreach (GhostCache ghost in _ghosts) ghost.Capacity = capacityBytes;
    }

    public void Use(ReadOnlySpan<SegmentId> segments, bool follows)
    {
        if (follows && _declared is not null)
        {
            foreach (SegmentId segment in segments) _declared.Visit(segment);
        }
        _cursor = segments[^1].Value + 1;
        double memory = Math.Max(0, 1 - segments.Length / (MemoryInCapacities * Math.Max(16, _ghosts[Recency].Count)));
        int best = _followed;
        for (int i = 0; i < _ghosts.Length; i++)
        {
            _scores[i] = _scores[i] * memory + _ghosts[i].Use(segments);
            if (_scores[i] > _scores[best]) best = i;
        }
        if (_scores[best] - _scores[_followed] > LeadInCapacities * _ghosts[Recency].Count) _followed = best;
    }

    public void AddCandidate(SegmentId segment)
    {
        _recency.Add(segment);
        _candidates.Add(segment.Value);
        _declared?.Add(segment);
        foreach (GhostCache ghost in _ghosts) ghost.AddCandidate(segment);
    }

    public void RemoveCandidate(SegmentId segment)
    {
        _recency.Remove(segment);
        _candidates.Remove(segment.Value);
        _declared?.Remove(segment);
        foreach (GhostCache ghost in _ghosts) ghost.RemoveCandidate(segment);
    }

    public bool TryChooseVictim(out SegmentId victim)
    {
        if (_declared is not null) return _declared.TryFirst(out victim);
        if (_followed == Recency) return _recency.TryFirst(out victim);
        int stray = _ghosts[_followed].Strays.CyclicBefore(_cursor);
        victim = new SegmentId(stray >= 0 ? stray : _candidates.CyclicBefore(_cursor));
        return victim.Value >= 0;
    }

    public bool TryChooseVictimFor(SegmentId incoming, out SegmentId victim)
    {
        if (!TryChooseVictim(out victim)) return false;
        if (_declared is not null) return _declared.DistanceOf(victim) > _declared.DistanceOf(incoming);
        return _followed != Image || DistanceOf(victim) > DistanceOf(incoming);
    }

    public void DeclareOrder(ReadOnlySpan<SegmentId> order, bool cyclic)
    {
        _declared = new VisitOrder(order, cyclic, _table.Count, new LayerRecency(_table));
        for (bool more = _recency.TryFirst(out SegmentId s); more; more = _recency.TryAfter(s, out s)) _declared.Add(s);
    }

    public void EndOrder() => _declared = null;

    private int DistanceOf(SegmentId segment) =>
        segment.Value >= _cursor ? segment.Value - _cursor : segment.Value - _cursor + _table.Count;

    /// <summary>Bytes of frames per segment, a shared frame divided among those that touch it.</summary>
    private static long[] WeightsOf(SegmentTable table)
    {
        var touches = new FrameCounter(table);
        foreach (Segment s in table.Segments) touches.Add(s.Id);
        var weights = new long[table.Count];
        foreach (Segment s in table.Segments)
        {
            for (int frame = s.FirstFrame; frame < s.FirstFrame + s.FrameCount; frame++)
                weights[s.Id.Value] += table.FrameBytes / touches.TouchesOf(frame);
        }
        return weights;
    }
}
