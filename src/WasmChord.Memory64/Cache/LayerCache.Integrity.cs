namespace WasmChord.Memory64;

public sealed partial class LayerCache
{
    /// <summary>Recomputes every set and count from the segments and the entries, and compares.</summary>
    /// <exception cref="InvalidOperationException">The cache contradicts itself.</exception>
    internal void CheckIntegrity()
    {
        var frames = new FrameLedger(_table);
        var pins = new int[_table.Count];
        foreach (CacheEntry entry in _leases.Values) CountPins(entry, EntryState.Leased, pins);
        for (CacheEntry? entry = _loading.First; entry is not null; entry = entry.Next) CountPins(entry, EntryState.Loading, pins);
        int loading = 0, pinned = 0, resident = 0, queued = 0, prefetched = 0;
        long prefetchedBytes = 0;
        foreach (Segment s in _table.Segments)
        {
            int i = s.Id.Value;
            SegmentState state = _residency.State[i];
            Require(_residency.Pins[i] == pins[i], $"segment {i}: {_residency.Pins[i]} pins, {pins[i]} holders");
            Require(state != SegmentState.Absent || (pins[i] == 0 && !_residency.Prefetched[i]), $"segment {i} is absent, yet wanted");
            Require(state != SegmentState.Queued || pins[i] > 0 || _residency.Prefetched[i], $"segment {i} is queued for nobody");
            Require(!_residency.Prefetched[i] || pins[i] == 0, $"segment {i} is in use and counts as an unused prefetch");
            Require(!_warmed[i] || (state is SegmentState.Loading or SegmentState.Resident && pins[i] == 0 && !_residency.Prefetched[i]), $"segment {i} is {state} and counts as warmed");
            Require(_prefetched.Contains(s.Id) == _residency.Prefetched[i], $"segment {i}: prefetch list");
            Require(_demanded.Contains(s.Id) == (state == SegmentState.Queued && pins[i] > 0), $"segment {i}: demand queue");
            Require(_prefetchQueue.Contains(s.Id) == (state == SegmentState.Queued && pins[i] == 0), $"segment {i}: prefetch queue");
            SegmentRoles roles = ResidencyTable.Derive(state, pins[i], _residency.Prefetched[i]);
            Require(_residency.RolesOf(s.Id) == roles, $"segment {i}: {_residency.RolesOf(s.Id)}, should be {roles}");
            if ((roles & SegmentRoles.Used) != 0) frames.Used.Add(s.Id);
            if ((roles & SegmentRoles.Kept) != 0) frames.Kept.Add(s.Id);
            if ((roles & SegmentRoles.Held) != 0) frames.Held.Add(s.Id);
            if ((roles & SegmentRoles.Resident) != 0) frames.Resident.Add(s.Id);
            for (int f = s.FirstFrame; state is SegmentState.Loading or SegmentState.Resident && f < s.FirstFrame + s.FrameCount; f++)
                Require(_frames.IsCommitted(f), $"segment {i} is {state}, its frame {f} holds no memory");
            if (state == SegmentState.Loading) loading++;
            if (state == SegmentState.Queued) queued++;
            if (state == SegmentState.Resident) resident++;
            if (pins[i] > 0) pinned++;
            if (_residency.Prefetched[i]) (prefetched, prefetchedBytes) = (prefetched + 1, prefetchedBytes + s.ByteLength);
        }
        for (int f = 0; f < _table.FrameCount; f++)
        {
            Require(_frames.Used.TouchesOf(f) == frames.Used.TouchesOf(f), $"frame {f}: used");
            Require(_frames.Kept.TouchesOf(f) == frames.Kept.TouchesOf(f), $"frame {f}: kept");
            Require(_frames.Held.TouchesOf(f) == frames.Held.TouchesOf(f), $"frame {f}: held");
            Require(_frames.Resident.TouchesOf(f) == frames.Resident.TouchesOf(f), $"frame {f}: resident");
            Require(!_frames.IsCommitted(f) || frames.Used.TouchesOf(f) > 0, $"frame {f} holds memory for nobody");
        }
        Require(_frames.Used.Frames <= _budgetFrames || _frames.Used.Frames == _frames.Held.Frames, $"{_frames.Used.Frames} frames used of {_budgetFrames}, {_frames.Held.Frames} held");
        Require(_frames.Scratch.Frames == 0, "scratch frames left");
        Require(loading == _counters.LoadsInFlight && pinned == _residency.PinnedSegments && resident == _residency.ResidentSegments, "segment counts");
        Require(queued == _demanded.Count + _prefetchQueue.Count && prefetched == _prefetched.Count && prefetchedBytes == _prefetchedBytes, "load queues");
        Require(_prefetchedBytes <= _limits.ReadAheadBytes, $"{_prefetchedBytes} bytes read ahead of {_limits.ReadAheadBytes}");
        CheckEntries();
    }

    private void CheckEntries()
    {
        int waiting = 0;
        for (CacheEntry? entry = _waiting.First; entry is not null; entry = entry.Next, waiting++)
        {
            Require(entry.State == EntryState.Waiting && _open[entry.Request] == entry, $"request {entry.Request} is not waiting");
            Require(entry.Frames <= _budgetFrames, $"request {entry.Request} can never be served");
        }
        Require(waiting == _waiting.Count && waiting <= _limits.MaxWaitingRequests, $"{waiting} requests wait");
        Require(_open.Count == _waiting.Count + _loading.Count && _deadlines.Count == _open.Count, "open requests");
        Require(_owners.Count == _open.Count + _leases.Count, "owners");
        foreach ((OwnerId owner, CacheEntry entry) in _owners) Require(entry.Owner == owner, $"owner {owner}");
        foreach ((LeaseId lease, CacheEntry entry) in _leases) Require(entry.Lease == lease && entry.State == EntryState.Leased, $"lease {lease}");
        foreach (CacheEntry entry in _open.Values)
            Require(entry.HeapIndex >= 0 && entry.Deadline >= NextDeadline, $"request {entry.Request}: deadline");
    }

    private void CountPins(CacheEntry entry, EntryState state, int[] pins)
    {
        int missing = 0;
        foreach (SegmentId segment in entry.Segments)
        {
            pins[segment.Value]++;
            if (_residency.State[segment.Value] != SegmentState.Resident) missing++;
        }
        Require(entry.State == state, $"request {entry.Request}: {entry.State}, should be {state}");
        Require(entry.Missing == missing && (missing == 0) == (state == EntryState.Leased), $"request {entry.Request}: {missing} segments missing");
    }

    private static void Require(bool holds, string what)
    {
        if (!holds) throw new InvalidOperationException(what);
    }
}
