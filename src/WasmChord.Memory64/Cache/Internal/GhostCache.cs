namespace WasmChord.Memory64;

/// <summary>
/// What a cache of the same capacity would hold if it followed one order of eviction: numbers only, no memory. Used to
/// learn which order serves the recent uses best (after R. Subramanian, Y. Smaragdakis, G. Loh, "Adaptive caches:
/// effective shaping of cache behavior to workloads", 2006), and, by what it does not hold, to tell the real cache
/// which candidates to give up in order to become like it.
/// </summary>
internal sealed class GhostCache(ICandidateOrder order, long[] weights)
{
    private readonly bool[] _held = new bool[weights.Length];
    private readonly bool[] _isCandidate = new bool[weights.Length];
    private long _used;

    /// <summary>Bytes that it may hold.</summary>
    public long Capacity { get; set; }

    /// <summary>Segments that it holds.</summary>
    public int Count { get; private set; }

    /// <summary>Candidates of the real cache that this one does not hold.</summary>
    public OrderedBitSet Strays { get; } = new(weights.Length);

    /// <summary>Uses segments together and returns how many were held.</summary>
    public int Use(ReadOnlySpan<SegmentId> segments)
    {
        int hits = 0;
        foreach (SegmentId segment in segments)
        {
            order.Visit(segment);
            if (_held[segment.Value])
            {
                hits++;
                order.Remove(segment);
                continue;
            }
            _held[segment.Value] = true;
            _used += weights[segment.Value];
            Count++;
            Strays.Remove(segment.Value);
        }
        // What is in use is in no order while victims are chosen, as in the real cache.
        while (_used > Capacity && order.TryFirst(out SegmentId victim))
        {
            order.Remove(victim);
            _held[victim.Value] = false;
            _used -= weights[victim.Value];
            Count--;
            if (_isCandidate[victim.Value]) Strays.Add(victim.Value);
        }
        foreach (SegmentId segment in segments) order.Add(segment);
        return hits;
    }

    public void AddCandidate(SegmentId segment)
    {
        _isCandidate[segment.Value] = true;
        if (!_held[segment.Value]) Strays.Add(segment.Value);
    }

    public void RemoveCandidate(SegmentId segment)
    {
        _isCandidate[segment.Value] = false;
        Strays.Remove(segment.Value);
    }
}
