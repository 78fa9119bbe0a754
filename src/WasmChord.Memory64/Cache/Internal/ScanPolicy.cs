namespace WasmChord.Memory64;

/// <summary>
/// Evicts what is used farthest in the future: by the declared order, in which what is not named (any more) is never
/// used and leaves first; without one, by the order of the image taken as a cycle.
/// </summary>
internal sealed class ScanPolicy : IEvictionPolicy
{
    private readonly SegmentTable _table;
    private readonly SegmentId[] _imageOrder;
    private readonly SegmentList _candidates; // least recent first
    private VisitOrder _order;
    private bool _declared;
    private SegmentId _lastUsed = new(-1);

    public ScanPolicy(SegmentTable table)
    {
        _table = table;
        _imageOrder = new SegmentId[table.Count];
        for (int i = 0; i < _imageOrder.Length; i++) _imageOrder[i] = new SegmentId(i);
        _candidates = new SegmentList(table.Count);
        _order = Follow(_imageOrder, true);
    }

    public EvictionPolicyKind Kind => EvictionPolicyKind.Scan;

    public void SetCapacity(long capacityBytes)
    {
    }

    public void Use(ReadOnlySpan<SegmentId> segments, bool follows)
    {
        if (segments.Length > 0) _lastUsed = segments[^1];
        if (!follows && _declared) return;
        foreach (SegmentId segment in segments) _order.Visit(segment);
    }

    public void AddCandidate(SegmentId segment)
    {
        _candidates.Add(segment);
        _order.Add(segment);
    }

    public void RemoveCandidate(SegmentId segment)
    {
        _candidates.Remove(segment);
        _order.Remove(segment);
    }

    public bool TryChooseVictim(out SegmentId victim) => _order.TryFirst(out victim);

    public bool TryChooseVictimFor(SegmentId incoming, out SegmentId victim) =>
        _order.TryFirst(out victim) && _order.DistanceOf(victim) > _order.DistanceOf(incoming);

    public void DeclareOrder(ReadOnlySpan<SegmentId> order, bool cyclic)
    {
        _order = Follow(order, cyclic);
        _declared = true;
    }

    public void EndOrder()
    {
        if (!_declared) return;
        _order = Follow(_imageOrder, true);
        _declared = false;
        if (_lastUsed.Value >= 0) _order.Visit(_lastUsed);
    }

    private VisitOrder Follow(ReadOnlySpan<SegmentId> order, bool cyclic)
    {
        var visits = new VisitOrder(order, cyclic, _table.Count, new SegmentList(_table.Count));
        for (bool more = _candidates.TryFirst(out SegmentId s); more; more = _candidates.TryAfter(s, out s)) visits.Add(s);
        return visits;
    }
}
