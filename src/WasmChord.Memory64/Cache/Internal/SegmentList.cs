namespace WasmChord.Memory64;

/// <summary>
/// A doubly linked list of segments without nodes: two arrays of neighbours, one slot per segment of the table, and a
/// sentinel behind the last. Every operation takes constant time and allocates nothing.
/// </summary>
internal sealed class SegmentList : ICandidateOrder
{
    private const int Outside = -1;
    private readonly int[] _next;
    private readonly int[] _previous;
    private readonly int _sentinel;

    public SegmentList(int segmentCount)
    {
        _next = new int[segmentCount + 1];
        _previous = new int[segmentCount + 1];
        _next.AsSpan().Fill(Outside);
        _sentinel = segmentCount;
        _next[_sentinel] = _previous[_sentinel] = _sentinel;
    }

    public int Count { get; private set; }

    public bool Contains(SegmentId segment) => _next[segment.Value] != Outside;

    public void Add(SegmentId segment)
    {
        int s = segment.Value, last = _previous[_sentinel];
        if (_next[s] != Outside) throw new InvalidOperationException($"segment {segment} is in the list already");
        _next[s] = _sentinel;
        _previous[s] = last;
        _next[last] = s;
        _previous[_sentinel] = s;
        Count++;
    }

    public void Remove(SegmentId segment)
    {
        int s = segment.Value, next = _next[s], previous = _previous[s];
        if (next == Outside) throw new InvalidOperationException($"segment {segment} is not in the list");
        _next[previous] = next;
        _previous[next] = previous;
        _next[s] = Outside;
        Count--;
    }

    public bool TryFirst(out SegmentId segment)
    {
        segment = new SegmentId(_next[_sentinel]);
        return Count > 0;
    }

    public bool TryLast(out SegmentId segment)
    {
        segment = new SegmentId(_previous[_sentinel]);
        return Count > 0;
    }

    /// <summary>The segment after one that is in the list; false at the end.</summary>
    public bool TryAfter(SegmentId segment, out SegmentId next)
    {
        next = new SegmentId(_next[segment.Value]);
        return next.Value != _sentinel;
    }

    /// <summary>The segment before one that is in the list; false at the front.</summary>
    public bool TryBefore(SegmentId segment, out SegmentId previous)
    {
        previous = new SegmentId(_previous[segment.Value]);
        return previous.Value != _sentinel;
    }
}
