namespace WasmChord.Memory64;

/// <summary>
/// Evicts what was used least recently. A use lasts until its lease returns, so recency is the order in which segments
/// became candidates.
/// </summary>
internal sealed class LruPolicy(SegmentTable table) : IEvictionPolicy
{
    private readonly SegmentList _candidates = new(table.Count);

    public EvictionPolicyKind Kind => EvictionPolicyKind.Lru;

    public void SetCapacity(long capacityBytes)
    {
    }

    public void Use(ReadOnlySpan<SegmentId> segments, bool follows)
    {
    }

    public void AddCandidate(SegmentId segment) => _candidates.Add(segment);

    public void RemoveCandidate(SegmentId segment) => _candidates.Remove(segment);

    public bool TryChooseVictim(out SegmentId victim) => _candidates.TryFirst(out victim);

    public bool TryChooseVictimFor(SegmentId incoming, out SegmentId victim) => _candidates.TryFirst(out victim);

    public void DeclareOrder(ReadOnlySpan<SegmentId> order, bool cyclic)
    {
    }

    public void EndOrder()
    {
    }
}
