namespace WasmChord.Memory64;

public sealed partial class LayerCache
{
    private readonly Dictionary<RequestId, CacheEntry> _open = [];
    private readonly Dictionary<LeaseId, CacheEntry> _leases = [];
    private readonly Dictionary<OwnerId, CacheEntry> _owners = [];
    private readonly EntryQueue _waiting = new();
    private readonly EntryQueue _loading = new();
    private readonly DeadlineHeap _deadlines = new();
    private readonly Stack<CacheEntry> _recycled = new();
    private readonly long[] _seen;
    private long _seenMark;
    private long _lastLease;

    /// <summary>The earliest deadline of an open request; null when none is open. Ask again after every operation.</summary>
    public long? NextDeadline => _deadlines.First?.Deadline;

    /// <summary>
    /// Asks for segments, all or nothing. The answer, exactly one, comes as an effect: at once when all are resident
    /// or the request is refused, else when the last has arrived. Naming one twice counts once.
    /// </summary>
    /// <param name="request">Names the request; must not be open already.</param>
    /// <param name="owner">Who asks; may have one open request or lease at a time.</param>
    /// <param name="segments">What to lease.</param>
    /// <param name="deadline">When to give up, in the caller's ticks.</param>
    /// <param name="now">The time, in the same ticks.</param>
    /// <param name="mayWait">False to be refused rather than wait for frames: for those who hold leases under another owner.</param>
    /// <exception cref="ArgumentException">A request of that id is open.</exception>
    public void Acquire(RequestId request, OwnerId owner, ReadOnlySpan<SegmentId> segments, long deadline, long now, bool mayWait = true)
    {
        if (_open.ContainsKey(request)) throw new ArgumentException($"request {request} is open already", nameof(request));
        if (!_recycled.TryPop(out CacheEntry? entry)) entry = new CacheEntry();
        entry.Begin(request, owner, deadline);
        if (_warmUnranked) RankWarm();
        if (!TryRefuse(entry, segments) && !TryOvertakeOrAdmit(entry))
        {
            if (mayWait) Enqueue(entry, now);
            else Refuse(entry, RefusalReason.WouldWait, WouldWait(entry));
        }
        Settle();
    }

    /// <summary>Returns a lease. False, and nothing happens, for one that is not out (any more).</summary>
    public bool Release(LeaseId lease)
    {
        if (!_leases.Remove(lease, out CacheEntry? entry)) return false;
        Unpin(entry);
        Recycle(entry);
        Settle();
        return true;
    }

    /// <summary>
    /// Withdraws an open request, which is answered as <see cref="RefusalReason.Cancelled"/>. False, and nothing happens,
    /// for one that has been answered: the lease is then the caller's to return.
    /// </summary>
    public bool Cancel(RequestId request)
    {
        if (!_open.TryGetValue(request, out CacheEntry? entry)) return false;
        Refuse(entry, RefusalReason.Cancelled, "cancelled by its owner");
        Settle();
        return true;
    }

    /// <summary>
    /// The owner is gone. Its open request is answered as <see cref="RefusalReason.OwnerGone"/>. The lease that it still
    /// holds, if any, is returned: its segments stay pinned and count until <see cref="Release"/> is called for it,
    /// once the thread that reads through it has let go.
    /// </summary>
    public LeaseId? OwnerGone(OwnerId owner)
    {
        if (!_owners.TryGetValue(owner, out CacheEntry? entry)) return null;
        if (entry.State == EntryState.Leased) return entry.Lease;
        Refuse(entry, RefusalReason.OwnerGone, $"owner {owner} is gone");
        Settle();
        return null;
    }

    /// <summary>Refuses the open requests whose deadline is not after <paramref name="now"/>.</summary>
    public void Expire(long now)
    {
        while (_deadlines.First is { } entry && entry.Deadline <= now) Refuse(entry, RefusalReason.DeadlineExceeded, Late(entry, now));
        Settle();
    }

    /// <summary>The segments of a lease that is out; empty for any other.</summary>
    public ReadOnlySpan<SegmentId> SegmentsOf(LeaseId lease) => _leases.TryGetValue(lease, out CacheEntry? entry) ? entry.Segments : [];

    private bool TryRefuse(CacheEntry entry, ReadOnlySpan<SegmentId> segments)
    {
        if (_closed) return Refuse(entry, RefusalReason.ShuttingDown, "the cache is closing");
        if (_owners.TryGetValue(entry.Owner, out CacheEntry? other))
        {
            return Refuse(entry, RefusalReason.OwnerHoldsLease, other.State == EntryState.Leased
                ? $"owner {entry.Owner} holds lease {other.Lease}"
                : $"owner {entry.Owner} has request {other.Request} open");
        }
        _seenMark++;
        foreach (SegmentId segment in segments)
        {
            if ((uint)segment.Value >= (uint)_table.Count)
                return Refuse(entry, RefusalReason.UnknownSegment, $"segment {segment} of {_table.Count}");
            if (_seen[segment.Value] == _seenMark) continue;
            _seen[segment.Value] = _seenMark;
            entry.Add(segment);
        }
        if (segments.IsEmpty) return Refuse(entry, RefusalReason.UnknownSegment, "the request names no segment");
        entry.Frames = CountFrames(entry.Segments);
        return entry.Frames > _budgetFrames && Refuse(entry, RefusalReason.LayerExceedsBudget, TooLarge(entry));
    }

    /// <summary>
    /// Requests that need no frames may overtake the queue, but its head only so often: each of them may pin what
    /// the head waits for. The others wait their turn.
    /// </summary>
    private bool TryOvertakeOrAdmit(CacheEntry entry)
    {
        if (_waiting.First is { } head)
        {
            if (head.Bypasses >= _limits.MaxBypasses || NeedsFrames(entry) || !TryAdmit(entry)) return false;
            head.Bypasses++;
            return true;
        }
        return TryAdmit(entry);
    }

    private bool NeedsFrames(CacheEntry entry)
    {
        foreach (SegmentId segment in entry.Segments)
        {
            if (_residency.State[segment.Value] == SegmentState.Absent) return true;
        }
        return false;
    }

    private void Enqueue(CacheEntry entry, long now)
    {
        if (entry.Deadline <= now)
        {
            Refuse(entry, RefusalReason.DeadlineExceeded, Late(entry, now));
            return;
        }
        if (_waiting.Count >= _limits.MaxWaitingRequests)
        {
            Refuse(entry, RefusalReason.QueueFull, $"{_waiting.Count} requests wait, as many as may");
            return;
        }
        entry.State = EntryState.Waiting;
        _waiting.Append(entry);
        Open(entry);
        _counters.Waits++;
    }

    private void AdmitWaiting()
    {
        while (_waiting.First is { } head && TryAdmit(head)) { }
    }

    /// <summary>Registers an entry that is not answered yet.</summary>
    private void Open(CacheEntry entry)
    {
        if (!_open.TryAdd(entry.Request, entry)) return;
        _owners.Add(entry.Owner, entry);
        _deadlines.Add(entry);
    }

    private void Grant(CacheEntry entry)
    {
        if (entry.State == EntryState.Loading) _loading.Remove(entry);
        _open.Remove(entry.Request);
        _deadlines.Remove(entry);
        entry.State = EntryState.Leased;
        entry.Lease = new LeaseId(++_lastLease);
        _owners[entry.Owner] = entry;
        _leases.Add(entry.Lease, entry);
        _counters.Grants++;
        _effects.Enqueue(CacheEffect.Grant(entry.Request, entry.Owner, entry.Lease));
    }

    /// <summary>Answers with a refusal, whatever the entry's state, and recycles it; always true.</summary>
    private bool Refuse(CacheEntry entry, RefusalReason reason, string text)
    {
        _counters.Refusals++;
        _effects.Enqueue(CacheEffect.Refuse(entry.Request, entry.Owner, reason, text));
        if (entry.State == EntryState.Waiting) _waiting.Remove(entry);
        if (entry.State == EntryState.Loading)
        {
            _loading.Remove(entry);
            Unpin(entry);
        }
        _open.Remove(entry.Request);
        _deadlines.Remove(entry);
        Recycle(entry);
        return true;
    }

    private void Recycle(CacheEntry entry)
    {
        // A request refused because its owner has another one must not take that one's place away.
        if (_owners.TryGetValue(entry.Owner, out CacheEntry? current) && current == entry) _owners.Remove(entry.Owner);
        _recycled.Push(entry);
    }

    private static string Late(CacheEntry entry, long now) =>
        $"deadline {entry.Deadline}, now {now}; {entry.Missing} of {entry.Segments.Length} segments were still to come, admitted: {entry.State == EntryState.Loading}";

    private string WouldWait(CacheEntry entry) =>
        $"{entry.Frames * _table.FrameBytes} bytes would have to wait for others to let go; the budget is {_budgetBytes} bytes, {_waiting.Count} requests wait";

    private string TooLarge(CacheEntry entry) =>
        $"{entry.Segments.Length} segments need {entry.Frames} frames of {_table.FrameBytes} bytes, {entry.Frames * _table.FrameBytes} bytes together; the budget is {_budgetBytes} bytes";
}
