namespace WasmChord.Memory64;

public sealed partial class LayerCache
{
    /// <summary>
    /// Pins the entry's segments and reserves the frames of those that are absent, evicting what it must; or changes
    /// nothing and returns false. It can be admitted exactly when what nothing may displace, and the entry, fit
    /// together: everything else may be evicted.
    /// </summary>
    private bool TryAdmit(CacheEntry entry)
    {
        foreach (SegmentId segment in entry.Segments) _residency.HoldAhead(segment);
        if (_frames.Held.Frames > _budgetFrames || _frames.Used.Frames > _budgetFrames)
        {
            foreach (SegmentId segment in entry.Segments) _residency.Refresh(segment);
            return false;
        }
        if (entry.State == EntryState.Waiting) _waiting.Remove(entry);
        _uses?.Count(entry.Segments);
        _policy.Use(entry.Segments, _orderDeclared && (_visitor is null || _visitor == entry.Owner));
        foreach (SegmentId segment in entry.Segments) Pin(entry, segment);
        MakeRoom();
        if (entry.Missing == 0)
        {
            Grant(entry);
            return true;
        }
        entry.State = EntryState.Loading;
        _loading.Append(entry);
        Open(entry);
        return true;
    }

    private void Pin(CacheEntry entry, SegmentId segment)
    {
        ref SegmentState state = ref _residency.State[segment.Value];
        bool prefetched = _residency.Prefetched[segment.Value], warmed = _warmed[segment.Value];
        if (state == SegmentState.Absent || prefetched || warmed) _counters.Misses++;
        else if (state == SegmentState.Resident) _counters.Hits++;
        else _counters.Joins++;

        if (prefetched)
        {
            if (state != SegmentState.Queued) _counters.PrefetchHits++;
            EndPrefetch(segment);
        }
        if (warmed)
        {
            _counters.PrefetchHits++;
            _warmed[segment.Value] = false;
        }
        if (state == SegmentState.Absent)
        {
            state = SegmentState.Queued;
            _demanded.Add(segment);
        }
        else if (state == SegmentState.Queued && prefetched)
        {
            _prefetchQueue.Remove(segment);
            _demanded.Add(segment);
        }
        if (state != SegmentState.Resident) entry.Missing++;
        _residency.Pins[segment.Value]++;
        _residency.Refresh(segment);
    }

    /// <summary>Lets go of the entry's segments; loads that nobody waits for and that have not started are dropped.</summary>
    private void Unpin(CacheEntry entry)
    {
        foreach (SegmentId segment in entry.Segments)
        {
            if (--_residency.Pins[segment.Value] == 0 && _residency.State[segment.Value] == SegmentState.Queued)
            {
                _demanded.Remove(segment);
                Drop(segment, false);
            }
            else _residency.Refresh(segment);
        }
    }

    /// <summary>
    /// Evicts what the policy gives until used frames fit what is present; then, where they exceed the budget too, unused
    /// prefetches, the farthest first, until they fit that or nothing more may leave.
    /// </summary>
    private void MakeRoom()
    {
        while (_frames.Used.Frames > Math.Min(_presentFrames, _budgetFrames))
        {
            if (_policy.TryChooseVictim(out SegmentId victim)) Evict(victim);
            else if (_frames.Used.Frames <= _budgetFrames || !TryTakePrefetch()) break;
        }
        _presentFrames = Math.Max(_presentFrames, _frames.Used.Frames);
    }

    private void Evict(SegmentId victim)
    {
        _counters.Evictions++;
        Drop(victim, true);
    }

    /// <summary>Makes a segment absent and reports the frames that hold memory for nobody.</summary>
    private void Drop(SegmentId segment, bool wasCommitted)
    {
        _residency.State[segment.Value] = SegmentState.Absent;
        if (_warmed[segment.Value])
        {
            _warmed[segment.Value] = false;
            if (wasCommitted) _counters.UnusedPrefetches++;
        }
        _residency.Refresh(segment);
        FrameRange frames = _frames.Reclaim(segment, 0);
        if (wasCommitted || frames.Count > 0) _effects.Enqueue(CacheEffect.Free(segment, frames));
        frames = _frames.Reclaim(segment, frames.End);
        if (frames.Count > 0) _effects.Enqueue(CacheEffect.Free(segment, frames));
    }

    private int CountFrames(ReadOnlySpan<SegmentId> segments)
    {
        foreach (SegmentId segment in segments) _frames.Scratch.Add(segment);
        int frames = _frames.Scratch.Frames;
        foreach (SegmentId segment in segments) _frames.Scratch.Remove(segment);
        return frames;
    }
}
