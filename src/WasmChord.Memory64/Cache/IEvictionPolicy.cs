namespace WasmChord.Memory64;

/// <summary>
/// Chooses victims among the segments that may leave. The cache says which may (resident, leased by nobody, not a
/// prefetch still unused); the policy never decides about anything else.
/// </summary>
public interface IEvictionPolicy
{
    /// <summary>Which policy this is.</summary>
    EvictionPolicyKind Kind { get; }

    /// <summary>The budget in bytes, at the start and after every resize.</summary>
    void SetCapacity(long capacityBytes);

    /// <summary>
    /// A request uses <paramref name="segments"/> (in this order, each once). Called before victims are chosen for it; the
    /// segments themselves are no candidates then.
    /// </summary>
    /// <param name="segments">What is used.</param>
    /// <param name="follows">True when the use is a step of the declared order.</param>
    void Use(ReadOnlySpan<SegmentId> segments, bool follows);

    /// <summary>The segment may leave from now on; it has just been used, or has just arrived.</summary>
    void AddCandidate(SegmentId segment);

    /// <summary>The segment may not leave any more, or has left.</summary>
    void RemoveCandidate(SegmentId segment);

    /// <summary>The candidate to evict first; false when there is none.</summary>
    bool TryChooseVictim(out SegmentId victim);

    /// <summary>
    /// The candidate to evict for a prefetch of <paramref name="incoming"/>; false when there is none, or when all of
    /// them will be used sooner, as far as the policy can tell.
    /// </summary>
    bool TryChooseVictimFor(SegmentId incoming, out SegmentId victim);

    /// <summary>The segments will be used in this order, from its start; over and over when <paramref name="cyclic"/>.</summary>
    void DeclareOrder(ReadOnlySpan<SegmentId> order, bool cyclic);

    /// <summary>Nothing is known about the future any more.</summary>
    void EndOrder();
}
