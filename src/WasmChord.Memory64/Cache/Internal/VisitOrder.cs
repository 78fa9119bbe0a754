namespace WasmChord.Memory64;

/// <summary>
/// Candidates by their next use in a known order of visits, which may be a cycle and may name a segment more than once.
/// Gives up first what is not visited again (in the order of <c>idle</c>), then what is visited last: Belady's rule
/// (L. Belady, "A study of replacement algorithms for virtual-storage computers", 1966) on a future that is known.
/// </summary>
internal sealed class VisitOrder : ICandidateOrder
{
    private const int Never = -1;
    private readonly int[] _order;       // (position) → segment
    private readonly int[] _sameAfter;   // (position) → next position of the same segment, or Never
    private readonly int[] _nextUse;     // (segment) → position of its next use, or Never
    private readonly bool[] _isCandidate;
    private readonly OrderedBitSet _positions;
    private readonly ICandidateOrder _idle;
    private readonly bool _cyclic;
    private readonly bool _repeats;
    private int _cursor;                 // the position that is visited next

    public VisitOrder(ReadOnlySpan<SegmentId> order, bool cyclic, int segmentCount, ICandidateOrder idle)
    {
        _cyclic = cyclic;
        _idle = idle;
        _order = new int[order.Length];
        _sameAfter = new int[order.Length];
        _nextUse = new int[segmentCount];
        _isCandidate = new bool[segmentCount];
        _positions = new OrderedBitSet(order.Length);
        _nextUse.AsSpan().Fill(Never);
        for (int position = order.Length - 1; position >= 0; position--)
        {
            int s = _order[position] = order[position].Value;
            _repeats |= _nextUse[s] != Never;
            _sameAfter[position] = _nextUse[s];
            _nextUse[s] = position;
        }
        if (!cyclic) return;
        for (int position = 0; position < order.Length; position++)
        {
            if (_sameAfter[position] == Never) _sameAfter[position] = _nextUse[_order[position]];
        }
    }

    /// <summary>The segment is being visited: what is next comes after it. Does nothing for what is not expected.</summary>
    public void Visit(SegmentId segment)
    {
        int position = _nextUse[segment.Value];
        if (position == Never) return;
        // In a cycle without repeats the next use of a segment is always at the same position.
        if (_repeats || !_cyclic)
        {
            for (int passed = _cursor; ; passed = passed + 1 == _order.Length ? 0 : passed + 1)
            {
                Pass(passed);
                if (passed == position) break;
            }
        }
        _cursor = position + 1 == _order.Length && _cyclic ? 0 : position + 1;
    }

    public void Add(SegmentId segment)
    {
        _isCandidate[segment.Value] = true;
        if (_nextUse[segment.Value] is int position and not Never) _positions.Add(position);
        else _idle.Add(segment);
    }

    public void Remove(SegmentId segment)
    {
        _isCandidate[segment.Value] = false;
        if (_nextUse[segment.Value] is int position and not Never) _positions.Remove(position);
        else _idle.Remove(segment);
    }

    public bool TryFirst(out SegmentId segment)
    {
        if (_idle.TryFirst(out segment)) return true;
        int position = _cyclic ? _positions.CyclicBefore(_cursor) : _positions.Before(_order.Length);
        if (position < 0) return false;
        segment = new SegmentId(_order[position]);
        return true;
    }

    /// <summary>Visits until the next use of a segment; <see cref="int.MaxValue"/> when none is known.</summary>
    public int DistanceOf(SegmentId segment)
    {
        int position = _nextUse[segment.Value];
        if (position == Never) return int.MaxValue;
        return position >= _cursor ? position - _cursor : position - _cursor + _order.Length;
    }

    private void Pass(int position)
    {
        int s = _order[position], next = _sameAfter[position];
        if (_nextUse[s] != position) return;
        if (_isCandidate[s]) _positions.Remove(position);
        _nextUse[s] = next;
        if (!_isCandidate[s]) return;
        if (next == Never) _idle.Add(new SegmentId(s));
        else _positions.Add(next);
    }
}
