namespace WasmChord.Memory64;

public sealed partial class LayerCache
{
    /// <summary>Loads in flight beyond which none is begun for the warm list: one is read while another is verified.</summary>
    private const int MostLoadsWhileWarming = 3;

    private readonly bool[] _warmed; // loaded by the warm list, or being loaded, and not used yet
    private SegmentId[] _warm = [];
    private int _warmNext;
    private bool _warmUnranked;

    /// <summary>
    /// Names what is worth having before anybody asks, the most valuable first. <see cref="TryStartLoad"/> gives these
    /// loads out when there is no other work: no request waits for anything, nothing is prefetched, few loads are in flight.
    /// They fill frames that are free and evict nothing; what they bring may be evicted at any time. When the budget is full
    /// once, the list is done. Replaces an earlier list.
    /// </summary>
    public void Warm(ReadOnlySpan<SegmentId> segments)
    {
        foreach (SegmentId segment in segments)
        {
            if ((uint)segment.Value >= (uint)_table.Count)
                throw new ArgumentException($"segment {segment} of {_table.Count}", nameof(segments));
        }

        _warm = segments.ToArray();
        _warmNext = 0;
        _warmUnranked = _warm.Length > 0;
    }

    /// <summary>The next of the warm list, its frames reserved; false where there is none, or other work.</summary>
    private bool TryTakeWarm(out SegmentId segment)
    {
        segment = default;
        if (_closed || _waiting.Count + _loading.Count > 0 || _counters.LoadsInFlight >= MostLoadsWhileWarming) return false;
        for (; _warmNext < _warm.Length; _warmNext++)
        {
            segment = _warm[_warmNext];
            if (_residency.State[segment.Value] != SegmentState.Absent) continue;
            _residency.State[segment.Value] = SegmentState.Queued;
            _residency.Refresh(segment);
            if (_frames.Used.Frames <= Math.Min(_presentFrames, _budgetFrames))
            {
                _warmNext++;
                _warmed[segment.Value] = true;
                return true;
            }

            bool isFull = _frames.Used.Frames > _budgetFrames;
            Drop(segment, false);
            // Memory that is still being populated comes; a budget that is full was filled with what is worth as much.
            if (isFull) _warmNext = _warm.Length;
            return false;
        }

        return false;
    }

    /// <summary>
    /// The first request ends the quiet in which the warm list was read. From now on recency counts, and by that the most
    /// valuable, read first, would leave first: they become candidates anew, the least valuable first.
    /// </summary>
    private void RankWarm()
    {
        _warmUnranked = false;
        for (int i = Math.Min(_warmNext, _warm.Length) - 1; i >= 0; i--)
            if (_warmed[_warm[i].Value]) _residency.Requeue(_warm[i]);
    }
}
