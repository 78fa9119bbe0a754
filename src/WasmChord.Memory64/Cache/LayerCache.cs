using System.Diagnostics;

namespace WasmChord.Memory64;

/// <summary>
/// Decides which segments of an image are resident: admission within the budget, leases, single flight, waiting,
/// eviction, prefetch. A plain class with a single writer: no threads, no clock, no input or output. Its shell (an
/// actor, a simulator, a test) calls the operations, then carries out the effects in order
/// (<see cref="TryDequeue"/>), then starts loads (<see cref="TryStartLoad"/>) and reports their outcomes.
/// </summary>
/// <remarks>
/// What counts is frames: a frame is used while any segment that touches it is queued to be loaded, loading or resident,
/// and used frames never exceed the budget (save after a shrink, until leases have returned). A request is admitted as
/// a whole or waits holding nothing, first come first served; an owner has at most one request or lease at a time; so
/// nothing can deadlock as long as leases return. Operations take time in proportion to the segments they name, and
/// allocate nothing in the steady state but the texts of refusals.
/// </remarks>
public sealed partial class LayerCache
{
    private readonly SegmentTable _table;
    private readonly IEvictionPolicy _policy;
    private readonly CacheLimits _limits;
    private readonly ResidencyTable _residency;
    private readonly FrameLedger _frames;
    private readonly Queue<CacheEffect> _effects = new();
    private CacheCounters _counters;
    private int _budgetFrames;
    private long _budgetBytes;
    private int _presentFrames = int.MaxValue;
    private OwnerId? _visitor;
    private bool _orderDeclared;
    private readonly SegmentUses? _uses;
    private bool _closed;

    /// <summary>Creates an empty cache.</summary>
    /// <param name="table">The segments of the image.</param>
    /// <param name="limits">The bounds.</param>
    /// <param name="policy">Chooses victims; belongs to this cache from now on.</param>
    /// <param name="uses">Where uses are counted; null for nowhere.</param>
    /// <exception cref="ArgumentException">A limit makes no sense, or segments share more than their end frames.</exception>
    public LayerCache(SegmentTable table, CacheLimits limits, IEvictionPolicy policy, SegmentUses? uses = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(policy);
        limits.Validate();
        _table = table;
        _limits = limits;
        _policy = policy;
        _uses = uses;
        _residency = new ResidencyTable(table, policy);
        _frames = _residency.Frames;
        _demanded = new SegmentList(table.Count);
        _prefetchQueue = new SegmentList(table.Count);
        _prefetched = new SegmentList(table.Count);
        _seen = new long[table.Count];
        _warmed = new bool[table.Count];
        SetBudget(limits.BudgetBytes);
    }

    /// <summary>The budget in bytes, as last set.</summary>
    public long TargetBytes => _budgetBytes;

    /// <summary>Bytes of the frames in use. Above <see cref="TargetBytes"/> only after a shrink, until leases return.</summary>
    public long UsedBytes => _frames.Used.Frames * _table.FrameBytes;

    /// <summary>The next thing to do outside; false when there is nothing.</summary>
    public bool TryDequeue(out CacheEffect effect) => _effects.TryDequeue(out effect);

    /// <summary>True when every byte of the segment is in memory.</summary>
    public bool IsResident(SegmentId segment) => _residency.State[segment.Value] == SegmentState.Resident;

    /// <summary>
    /// Declares what will be used, in order, from now; <paramref name="cyclic"/> when it repeats. Policies that use it
    /// follow it until <see cref="EndOrder"/> or the next declaration. Takes time and memory in proportion to the table.
    /// </summary>
    /// <param name="order">The segments; one may occur more than once.</param>
    /// <param name="cyclic">Whether the order starts again after its end.</param>
    /// <param name="visitor">Whose requests are the steps of the order; null when everybody's are.</param>
    /// <exception cref="ArgumentException">The order names a segment that the image does not hold.</exception>
    public void DeclareOrder(ReadOnlySpan<SegmentId> order, bool cyclic, OwnerId? visitor = null)
    {
        foreach (SegmentId segment in order)
        {
            if ((uint)segment.Value >= (uint)_table.Count)
                throw new ArgumentException($"segment {segment} of {_table.Count}", nameof(order));
        }
        _visitor = visitor;
        _orderDeclared = true;
        _policy.DeclareOrder(order, cyclic);
        Settle();
    }

    /// <summary>Takes the declaration back.</summary>
    public void EndOrder()
    {
        _visitor = null;
        _orderDeclared = false;
        _policy.EndOrder();
        Settle();
    }

    /// <summary>
    /// Changes the budget. A shrink evicts what may leave at once and the rest as leases return; until then used bytes
    /// stay above the target and nothing is admitted. Waiting requests that could never fit are refused.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The budget is not positive.</exception>
    public void Resize(long budgetBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(budgetBytes);
        SetBudget(budgetBytes);
        for (CacheEntry? entry = _waiting.First, next; entry is not null; entry = next)
        {
            next = entry.Next;
            if (entry.Frames > _budgetFrames) Refuse(entry, RefusalReason.BudgetShrunk, TooLarge(entry));
        }
        Settle();
    }

    /// <summary>
    /// Tells how much memory is there to be filled, less than the budget for as long as it is still being populated.
    /// Until then the cache grows beyond it only for requests, and only where nothing may leave: to touch memory for the
    /// first time can cost more than to read again what has left. Unless this is called, all of the budget is taken to be
    /// there.
    /// </summary>
    public void SetPresent(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        _presentFrames = (int)Math.Min(int.MaxValue, bytes / _table.FrameBytes);
        Settle();
    }

    /// <summary>Evicts everything that nobody holds, unused prefetches too.</summary>
    public void EvictAll()
    {
        while (_policy.TryChooseVictim(out SegmentId victim)) Evict(victim);
        while (TryTakePrefetch()) { }
        Settle();
    }

    /// <summary>
    /// Refuses all open requests, and every later one, as <see cref="RefusalReason.ShuttingDown"/>; evicts what nobody
    /// holds. Leases stay until they are returned, loads until they are reported.
    /// </summary>
    public void Close()
    {
        _closed = true;
        while ((_loading.First ?? _waiting.First) is { } entry)
            Refuse(entry, RefusalReason.ShuttingDown, "the cache is closing");
        EvictAll();
    }

    /// <summary>What the cache has done and holds.</summary>
    public CacheStatistics Snapshot() => new()
    {
        Hits = _counters.Hits,
        Joins = _counters.Joins,
        Misses = _counters.Misses,
        PrefetchHits = _counters.PrefetchHits,
        Prefetches = _counters.Prefetches,
        UnusedPrefetches = _counters.UnusedPrefetches,
        Evictions = _counters.Evictions,
        Waits = _counters.Waits,
        Grants = _counters.Grants,
        Refusals = _counters.Refusals,
        FailedLoads = _counters.FailedLoads,
        BytesRead = _counters.BytesRead,
        ResidentBytes = _frames.Resident.Frames * _table.FrameBytes,
        ReservedBytes = (_frames.Used.Frames - _frames.Resident.Frames) * _table.FrameBytes,
        UsedBytes = UsedBytes,
        PeakBytes = _counters.PeakFrames * _table.FrameBytes,
        TargetBytes = _budgetBytes,
        ReadAheadBytes = _prefetchedBytes,
        ResidentSegments = _residency.ResidentSegments,
        PinnedSegments = _residency.PinnedSegments,
        WaitingRequests = _waiting.Count,
        LoadingRequests = _loading.Count,
        Leases = _leases.Count,
        LoadsInFlight = _counters.LoadsInFlight,
    };

    private void SetBudget(long budgetBytes)
    {
        _budgetBytes = budgetBytes;
        _budgetFrames = (int)Math.Min(int.MaxValue, budgetBytes / _table.FrameBytes);
        // What a smaller budget returns is not there any more; who populates memory for a larger one tells so.
        if (_presentFrames != int.MaxValue) _presentFrames = Math.Min(_presentFrames, _budgetFrames);
        _policy.SetCapacity(_budgetFrames * _table.FrameBytes);
    }

    /// <summary>Ends every operation: gives back what is over the budget, admits who can be admitted.</summary>
    private void Settle()
    {
        MakeRoom();
        AdmitWaiting();
        _counters.PeakFrames = Math.Max(_counters.PeakFrames, _frames.Used.Frames);
        CheckSmallTable();
    }

    [Conditional("DEBUG")]
    private void CheckSmallTable()
    {
        if (_table.Count <= 32) CheckIntegrity();
    }
}
