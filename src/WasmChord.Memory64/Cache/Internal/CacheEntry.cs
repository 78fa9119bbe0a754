namespace WasmChord.Memory64;

/// <summary>
/// A request, and the lease that it becomes; recycled afterwards. New → Waiting (no frames, holds nothing) → Loading
/// (segments pinned, some still absent) → Leased (all resident). New may go to Loading or Leased at once; every state
/// ends in recycling: by a refusal before Leased, by the return of the lease after.
/// </summary>
internal sealed class CacheEntry
{
    private SegmentId[] _segments = new SegmentId[16];
    private int _count;

    public RequestId Request { get; private set; }

    public OwnerId Owner { get; private set; }

    public LeaseId Lease { get; set; }

    public long Deadline { get; private set; }

    public EntryState State { get; set; }

    /// <summary>Segments pinned but not resident yet.</summary>
    public int Missing { get; set; }

    /// <summary>Frames that the segments touch together.</summary>
    public int Frames { get; set; }

    /// <summary>How many requests have overtaken this one while it was the head of the queue.</summary>
    public int Bypasses { get; set; }

    /// <summary>Its place in the deadline heap, or −1.</summary>
    public int HeapIndex { get; set; } = -1;

    public CacheEntry? Previous { get; set; }

    public CacheEntry? Next { get; set; }

    public ReadOnlySpan<SegmentId> Segments => _segments.AsSpan(0, _count);

    public void Begin(RequestId request, OwnerId owner, long deadline)
    {
        (Request, Owner, Deadline, Lease) = (request, owner, deadline, default);
        State = EntryState.New;
        Missing = Frames = Bypasses = _count = 0;
    }

    public void Add(SegmentId segment)
    {
        if (_count == _segments.Length) Array.Resize(ref _segments, 2 * _count);
        _segments[_count++] = segment;
    }
}
