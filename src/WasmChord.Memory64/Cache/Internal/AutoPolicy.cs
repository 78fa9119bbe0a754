namespace WasmChord.Memory64;

/// <summary>
/// While an order is declared: farthest next use, after what the order does not name (experts), which leaves by recency
/// within the layer. Otherwise the cache learns from ghosts: of what recency and image order do not both hold, it keeps
/// shares that follow the lead that one has had over the other of late; what neither holds leaves first. Where recency
/// within the layer has served clearly better than both, the cache follows that alone.
/// </summary>
/// <remarks>
/// Sharing, rather than following one, halves what chance costs: where both serve a trace equally well, each is ahead by
/// luck at times, and to change sides for that costs misses. The lead is measured against the segments in which the
/// cache's sides differ, which is what a wrong choice can cost; so little evidence suffices while they differ little, as
/// they do on a cache that has just filled. On traces of a thousand uses or more this keeps within two points of hit
/// ratio of the better one (tests hold that on seeded traces of many kinds). No policy can promise it for all: where
/// uses are independent and alike, all policies expect the same hits, and the luckier of two is ahead by chance.
/// </remarks>
internal sealed class AutoPolicy : IEvictionPolicy
{
    /// <summary>
    /// Uses that the score of a ghost remembers, in capacities. Shorter memories follow phases that are over before the
    /// cache has changed sides; longer ones forgo what a change of phase offers.
    /// </summary>
    private const double MemoryInCapacities = 32;

    /// <summary>
    /// Hits, in capacities, by which recency within the layer must lead before it is followed: changing sides costs up to
    /// one capacity of misses.
    /// </summary>
    private const double LeadInCapacities = 0.4;

    /// <summary>Hits of lead per segment of difference that multiply a share's odds by e.</summary>
    private const double LeadPerDifference = 0.05;

    /// <summary>The same, for caches that hardly differ: fewer hits than this say nothing.</summary>
    private const double LeastLead = 2;

    /// <summary>
    /// Logarithm of the odds of image order before anything is known. Recency is at its worst hopeless (a cycle), image
    /// order at its worst somewhat behind.
    /// </summary>
    private const double ImageOdds = 1;

    private const int Recency = 0, Image = 1, WithinLayer = 2;
    private readonly SegmentTable _table;
    private readonly SegmentList _recency;
    private readonly OrderedBitSet _candidates;
    private readonly GhostCache[] _ghosts;
    private readonly double[] _scores;
    private VisitOrder? _declared;
    private int _cursor;
    private int _best = Image;
    private bool _followsLayer;

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
        for (int i = 0; i < _ghosts.Length; i++) _scores[i] = _scores[i] * memory + _ghosts[i].Use(segments);
        if (_scores[1 - _best] > _scores[_best]) _best = 1 - _best;
        double lead = _scores[WithinLayer] - _scores[_best];
        _followsLayer = lead > (_followsLayer ? 0 : LeadInCapacities * _ghosts[Recency].Count);
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
        int chosen = _followsLayer ? _ghosts[WithinLayer].Strays.CyclicBefore(_cursor) : ChooseByShare();
        if (chosen < 0 && !_followsLayer && _best == Recency) return _recency.TryFirst(out victim);
        victim = new SegmentId(chosen >= 0 ? chosen : _candidates.CyclicBefore(_cursor));
        return victim.Value >= 0;
    }

    public bool TryChooseVictimFor(SegmentId incoming, out SegmentId victim)
    {
        if (!TryChooseVictim(out victim)) return false;
        if (_declared is not null) return _declared.DistanceOf(victim) > _declared.DistanceOf(incoming);
        return _followsLayer || _best != Image || DistanceOf(victim) > DistanceOf(incoming);
    }

    public void DeclareOrder(ReadOnlySpan<SegmentId> order, bool cyclic)
    {
        _declared = new VisitOrder(order, cyclic, _table.Count, new LayerRecency(_table));
        for (bool more = _recency.TryFirst(out SegmentId s); more; more = _recency.TryAfter(s, out s)) _declared.Add(s);
    }

    public void EndOrder() => _declared = null;

    private int ChooseByShare()
    {
        OrderedBitSet notBest = _ghosts[_best].Strays, notSecond = _ghosts[1 - _best].Strays;
        int chosen = notBest.CyclicBefore(_cursor, notSecond, shared: true);
        if (chosen >= 0) return chosen;
        int ofBest = notSecond.CountOutside(notBest), ofSecond = notBest.CountOutside(notSecond);
        return ofBest > ShareOfBest(ofBest + ofSecond) * (ofBest + ofSecond)
            ? notSecond.CyclicBefore(_cursor, notBest, shared: false)
            : notBest.CyclicBefore(_cursor, notSecond, shared: false);
    }

    /// <summary>
    /// The share of the better of recency and image order in what the two do not both hold: odds in proportion to e to the
    /// power of its lead, as experts are weighted (N. Littlestone, M. Warmuth, "The weighted majority algorithm", 1994).
    /// </summary>
    private double ShareOfBest(int difference)
    {
        double lead = (_scores[_best] - _scores[1 - _best]) / (LeadPerDifference * difference + LeastLead);
        return 1 / (1 + Math.Exp(-lead - (_best == Image ? ImageOdds : -ImageOdds)));
    }

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
