namespace WasmChord.Memory64.Tests;

/// <summary>
/// Stands before a policy, records what it chooses, and holds the choices of <c>lru</c> and <c>scan</c> against a list
/// searched from end to end.
/// </summary>
internal sealed class NaivePolicy(IEvictionPolicy inner, SegmentTable table) : IEvictionPolicy
{
    private readonly List<int> _candidates = [];   // least recent first
    private List<int> _order = [.. Enumerable.Range(0, table.Count)];
    private bool _cyclic = true;
    private bool _declared;
    private int _cursor;
    private int _lastUsed = -1;

    /// <summary>Stands among the victims where a policy gave none for a prefetch.</summary>
    public const int Declined = -1;

    public List<int> Victims { get; } = [];

    public EvictionPolicyKind Kind => inner.Kind;

    public void SetCapacity(long capacityBytes) => inner.SetCapacity(capacityBytes);

    public void Use(ReadOnlySpan<SegmentId> segments, bool follows)
    {
        Assert.False(segments.IsEmpty);
        inner.Use(segments, follows);
        _lastUsed = segments[^1].Value;
        if (_declared && !follows) return;
        foreach (SegmentId s in segments) Visit(s.Value);
    }

    public void AddCandidate(SegmentId segment)
    {
        Assert.DoesNotContain(segment.Value, _candidates);
        _candidates.Add(segment.Value);
        inner.AddCandidate(segment);
    }

    public void RemoveCandidate(SegmentId segment)
    {
        Assert.True(_candidates.Remove(segment.Value));
        inner.RemoveCandidate(segment);
    }

    public bool TryChooseVictim(out SegmentId victim)
    {
        Assert.Equal(_candidates.Count > 0, inner.TryChooseVictim(out victim));
        if (_candidates.Count == 0) return false;
        Check(victim.Value);
        return true;
    }

    public bool TryChooseVictimFor(SegmentId incoming, out SegmentId victim)
    {
        bool chosen = inner.TryChooseVictimFor(incoming, out victim);
        if (Kind == EvictionPolicyKind.Lru) Assert.Equal(_candidates.Count > 0, chosen);
        if (Kind == EvictionPolicyKind.Scan)
            Assert.Equal(_candidates.Count > 0 && _candidates.Max(DistanceOf) > DistanceOf(incoming.Value), chosen);
        if (chosen) Check(victim.Value);
        else Victims.Add(Declined);
        return chosen;
    }

    public void DeclareOrder(ReadOnlySpan<SegmentId> order, bool cyclic)
    {
        inner.DeclareOrder(order, cyclic);
        (_order, _cyclic, _declared, _cursor) = ([.. order.ToArray().Select(s => s.Value)], cyclic, true, 0);
    }

    public void EndOrder()
    {
        inner.EndOrder();
        if (!_declared) return;
        (_order, _cyclic, _declared, _cursor) = ([.. Enumerable.Range(0, table.Count)], true, false, _lastUsed + 1);
    }

    private void Check(int victim)
    {
        Assert.Contains(victim, _candidates);
        if (Kind == EvictionPolicyKind.Lru) Assert.Equal(_candidates[0], victim);
        // Among those that are never used again any may go.
        if (Kind == EvictionPolicyKind.Scan) Assert.Equal(_candidates.Max(DistanceOf), DistanceOf(victim));
        Victims.Add(victim);
    }

    private void Visit(int segment)
    {
        int distance = DistanceOf(segment);
        if (distance == int.MaxValue) return;
        _cursor += distance + 1;
        if (_cyclic) _cursor %= _order.Count;
    }

    private int DistanceOf(int segment)
    {
        int steps = _cyclic ? _order.Count : _order.Count - _cursor;
        for (int d = 0; d < steps; d++)
        {
            if (_order[(_cursor + d) % _order.Count] == segment) return d;
        }
        return int.MaxValue;
    }
}
