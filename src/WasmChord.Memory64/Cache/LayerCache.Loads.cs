namespace WasmChord.Memory64;

public sealed partial class LayerCache
{
    private readonly SegmentList _demanded;      // queued for requests, first come first
    private readonly SegmentList _prefetchQueue; // queued by prefetches
    private readonly SegmentList _prefetched;    // prefetched and not used yet: queued, loading or resident; nearest first
    private long _prefetchedBytes;
    private long _lastEpoch;

    /// <summary>
    /// Takes the next load to carry out: those that requests wait for in order of admission, then prefetches, then the warm
    /// list. How many run at once is the caller's choice.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// Effects are pending: the load may need the frames that one of them frees.
    /// </exception>
    public bool TryStartLoad(out LoadTicket ticket)
    {
        if (_effects.Count > 0) throw new InvalidOperationException($"{_effects.Count} effects are to be carried out before a load is started");
        ticket = default;
        bool demanded = _demanded.TryFirst(out SegmentId segment);
        bool prefetched = !demanded && _prefetchQueue.TryFirst(out segment);
        if (!demanded && !prefetched && !TryTakeWarm(out segment)) return false;
        if (demanded) _demanded.Remove(segment);
        else _counters.Prefetches++;
        if (prefetched) _prefetchQueue.Remove(segment);
        _residency.State[segment.Value] = SegmentState.Loading;
        _residency.Epoch[segment.Value] = ++_lastEpoch;
        _residency.Refresh(segment);
        _counters.LoadsInFlight++;
        ticket = new LoadTicket(segment, _lastEpoch, _frames.Commit(segment), demanded);
        Settle();
        return true;
    }

    /// <summary>
    /// The load has put the segment's bytes in place, reading <paramref name="bytesRead"/> bytes. False, and nothing
    /// happens, when that load is not in flight.
    /// </summary>
    public bool LoadSucceeded(LoadTicket ticket, long bytesRead)
    {
        if (!TryEndLoad(ticket)) return false;
        _counters.BytesRead += bytesRead;
        _residency.State[ticket.Segment.Value] = SegmentState.Resident;
        _residency.Refresh(ticket.Segment);
        for (CacheEntry? entry = _loading.First, next; entry is not null; entry = next)
        {
            next = entry.Next;
            if (entry.Segments.Contains(ticket.Segment) && --entry.Missing == 0) Grant(entry);
        }
        Settle();
        return true;
    }

    /// <summary>
    /// The load has failed. The requests that wait for the segment are refused as <see cref="RefusalReason.LayerUnavailable"/>
    /// with <paramref name="why"/>; everyone else goes on. False, and nothing happens, when that load is not in flight.
    /// </summary>
    public bool LoadFailed(LoadTicket ticket, string why)
    {
        if (!TryEndLoad(ticket)) return false;
        _counters.FailedLoads++;
        for (CacheEntry? entry = _loading.First, next; entry is not null; entry = next)
        {
            next = entry.Next;
            if (entry.Segments.Contains(ticket.Segment))
                Refuse(entry, RefusalReason.LayerUnavailable, $"segment {ticket.Segment} ({_table[ticket.Segment].Layer}): {why}");
        }
        if (_residency.Prefetched[ticket.Segment.Value]) EndPrefetch(ticket.Segment);
        _warmed[ticket.Segment.Value] = false;
        Drop(ticket.Segment, true);
        Settle();
        return true;
    }

    /// <summary>
    /// Brings segments in before they are asked for, nearest first, as far as that displaces nothing that is held,
    /// prefetched or, as far as the policy knows, used sooner. Stops at the first that does not fit, at the read-ahead
    /// limit, and when requests wait for frames. What it brings stays until its first use, unless a request could not
    /// be served otherwise. Returns how many loads it queued.
    /// </summary>
    /// <param name="segments">The segments, nearest first.</param>
    /// <param name="mostBytes">Bytes prefetched and not used yet at most, where that is less than the limit.</param>
    public int Prefetch(ReadOnlySpan<SegmentId> segments, long mostBytes = long.MaxValue)
    {
        int queued = 0;
        long limit = Math.Min(_limits.ReadAheadBytes, mostBytes);
        foreach (SegmentId segment in segments)
        {
            if (_closed || _waiting.Count > 0 || (uint)segment.Value >= (uint)_table.Count) break;
            if (_residency.State[segment.Value] != SegmentState.Absent) continue;
            if (_prefetchedBytes + _table[segment].ByteLength > limit || !TryReserveAhead(segment)) break;
            _prefetchQueue.Add(segment);
            queued++;
        }
        Settle();
        return queued;
    }

    private bool TryReserveAhead(SegmentId segment)
    {
        _residency.State[segment.Value] = SegmentState.Queued;
        _residency.Prefetched[segment.Value] = true;
        _residency.Refresh(segment);
        bool fits = _frames.Kept.Frames <= _budgetFrames;
        // Victims taken before the policy declines are used later than this segment: their frames serve it anyway. Memory
        // that is not present yet is left to demand: reading ahead into it would take the processors from populating it.
        while (fits && _frames.Used.Frames > Math.Min(_presentFrames, _budgetFrames))
        {
            fits = _policy.TryChooseVictimFor(segment, out SegmentId victim);
            if (fits) Evict(victim);
        }
        if (fits)
        {
            _prefetched.Add(segment);
            _prefetchedBytes += _table[segment].ByteLength;
            return true;
        }
        _residency.Prefetched[segment.Value] = false;
        Drop(segment, false);
        return false;
    }

    /// <summary>Displaces the farthest prefetch that is not being read just now.</summary>
    private bool TryTakePrefetch()
    {
        bool found = _prefetched.TryLast(out SegmentId segment);
        while (found && _residency.State[segment.Value] == SegmentState.Loading) found = _prefetched.TryBefore(segment, out segment);
        if (!found) return false;
        bool wasResident = _residency.State[segment.Value] == SegmentState.Resident;
        if (!wasResident) _prefetchQueue.Remove(segment);
        else
        {
            _counters.Evictions++;
            _counters.UnusedPrefetches++;
        }
        EndPrefetch(segment);
        Drop(segment, wasResident);
        return true;
    }

    private void EndPrefetch(SegmentId segment)
    {
        _residency.Prefetched[segment.Value] = false;
        _prefetched.Remove(segment);
        _prefetchedBytes -= _table[segment].ByteLength;
    }

    private bool TryEndLoad(LoadTicket ticket)
    {
        if ((uint)ticket.Segment.Value >= (uint)_table.Count
            || _residency.State[ticket.Segment.Value] != SegmentState.Loading
            || _residency.Epoch[ticket.Segment.Value] != ticket.Epoch) return false;
        _counters.LoadsInFlight--;
        return true;
    }
}
