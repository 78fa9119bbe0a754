using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using WasmChord.Gguf;
using WasmChord.Inference;
using WasmChord.Memory64;
using static WasmChord.Actors.LayerCacheProtocol;

namespace WasmChord.Actors;

/// <summary>
/// The weights of an open model for its wave thread, which may block: leases from the layer cache, group after group of
/// the declared order. While one group is used the next is asked for and what follows is read ahead, on into the next
/// wave. Where the whole order fits it is one lease, kept as long as it takes nothing from anybody: a wave then sends
/// the cache nothing at all. Used by one thread at a time; <see cref="Wake"/> may be called by any.
/// </summary>
/// <remarks>
/// Two leases are held at once, yet nothing can deadlock: a thread that waits for one gives up the others as soon as the
/// wait is not a matter of reading (the budget has shrunk, or a second has passed).
/// </remarks>
internal sealed class ActorLayerSource : ILayerSource, IDisposable
{
    private const int MaxAttempts = 4;

    private static readonly TimeSpan s_slice = TimeSpan.FromSeconds(1);

    private readonly ModelServices _services;
    private readonly SegmentTable _table;
    private readonly IActorRef _cache;
    private readonly ILoggingAdapter _log;
    private readonly LeaseSlot _expertSlot;
    private readonly int[] _positionOf; // (segment) → its place in the order, or -1
    private LeaseSlot _slot;
    private LeaseSlot _aheadSlot;
    private LayerLease? _lease;
    private LayerLease? _expertLease;
    private HashSet<SegmentId> _expertSegments = [];
    private IReadOnlyList<SegmentId> _expected = [];
    private IReadOnlyList<SegmentId>? _given;
    private SegmentId[] _order = [];
    private SegmentId[] _twice = []; // the order, and once more: what follows any position, on into the next wave
    private PrefetchSegments?[] _announcements = []; // (position) → what follows it, while nothing else is expected first
    private ReadPlan _plan;
    private int _group = -1;
    private int _aheadGroup = -1;
    private long _declaredGeneration = -1;
    private long _lastGeneration = -1;
    private long _warmGeneration = -1;

    /// <summary>Creates a source.</summary>
    /// <param name="services">The model.</param>
    /// <param name="system">The actor system.</param>
    /// <param name="cache">Its layer cache.</param>
    /// <param name="holders">Three actors that hold its leases: when they end, the leases are taken back.</param>
    public ActorLayerSource(ModelServices services, ActorSystem system, IActorRef cache, IReadOnlyList<IActorRef> holders)
    {
        _services = services;
        _table = services.Layout.Segments;
        _cache = cache;
        _log = system.Log;
        _slot = new LeaseSlot(system, cache, holders[0], reusesLeases: true);
        _aheadSlot = new LeaseSlot(system, cache, holders[1], reusesLeases: true);
        _expertSlot = new LeaseSlot(system, cache, holders[2], reusesLeases: true);
        _positionOf = new int[_table.Count];
        _positionOf.AsSpan().Fill(-1);
        _plan = ReadPlan.Create(_table, [], services.Memory.CacheBytes, isWarm: false);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Tensors => _services.Model.Tensors;

    /// <inheritdoc/>
    public ImageLayout Layout => _services.Layout;

    /// <summary>Abandons waits of the wave that runs; set before it begins.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>Whether everything that waves use fits, so that memory given back would serve nothing.</summary>
    public bool IsWhole => _plan.CouldBeWhole;

    /// <summary>Time that the thread has waited for leases and rows, in ticks of <see cref="Stopwatch"/>, since the beginning.</summary>
    public long WaitTicks { get; private set; }

    /// <summary>Leases asked for since the beginning.</summary>
    public long LeaseCount { get; private set; }

    /// <summary>True when a lease was taken back during the wave, because the region restarted: the wave may be run again.</summary>
    public bool WasInterrupted { get; private set; }

    /// <inheritdoc/>
    public void BeginWave(IReadOnlyList<SegmentId> order)
    {
        WasInterrupted = false;
        _expected = [];
        bool isNew = !ReferenceEquals(order, _given) && !order.SequenceEqual(_order);
        _given = order;
        if (isNew) SetOrder(order);
        bool isWarm = _warmGeneration >= 0 && _warmGeneration == _lastGeneration;
        if (isNew || _plan.CacheBytes != _services.Memory.CacheBytes || (isWarm && _plan is { CouldBeWhole: true, IsWhole: false }))
            Replan(_services.Memory.CacheBytes, isWarm && !isNew);
    }

    /// <inheritdoc/>
    public void Expect(IReadOnlyList<SegmentId> segments)
    {
        _expected = segments;
        Announce();
    }

    /// <inheritdoc/>
    public LayerLease Acquire(Segment segment)
    {
        int position = _positionOf[segment.Id.Value];
        if (position < 0) return AcquireExpert(segment);
        while (true)
        {
            int group = _plan.GroupAt(position);
            if (group == _group && _lease is { IsEnded: false } current) return current;
            if (_lease is { IsEnded: true }) WasInterrupted = true;
            if (Enter(group) is { } lease) return lease;
        }
    }

    /// <inheritdoc/>
    public void EndWave()
    {
        if (_lease is { IsEnded: true } || _expertLease is { IsEnded: true }) WasInterrupted = true;
        // Once a wave has gone through, everything that fits is resident: the first one would have waited for all of it.
        if (!WasInterrupted && _group == _plan.Count - 1) _warmGeneration = _lastGeneration;
        ReturnExperts();
        if (!_plan.MayStay) ReturnAll();
    }

    /// <inheritdoc/>
    public void Read(TensorInfo tensor, long byteOffset, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentOutOfRangeException.ThrowIfNegative(byteOffset);
        if (byteOffset > tensor.ByteLength - destination.Length)
            throw new WeightsUnavailableException($"{tensor.Name}: bytes {byteOffset} to {byteOffset + destination.Length} of {tensor.ByteLength} are asked for");
        long start = Stopwatch.GetTimestamp();
        try
        {
            ReadRepeatedly(tensor, byteOffset, destination);
        }
        finally
        {
            WaitTicks += Stopwatch.GetTimestamp() - start;
        }
    }

    /// <summary>Returns what is kept between waves, so that its memory can be used for something else. Between waves only.</summary>
    public void ReturnAll()
    {
        ReturnExperts();
        ReturnAhead();
        _slot.Return();
        _lease = null;
        _group = -1;
    }

    /// <summary>Between waves, when none is to follow soon: returns everything and takes the declared order back.</summary>
    public void Rest()
    {
        ReturnAll();
        if (_declaredGeneration < 0) return;
        _declaredGeneration = -1;
        _cache.Tell(new PrefetchSegments([]));
        _cache.Tell(new EndOrder());
    }

    /// <summary>Makes a waiting thread look at <see cref="Cancellation"/>.</summary>
    public void Wake()
    {
        _slot.Wake();
        _aheadSlot.Wake();
        _expertSlot.Wake();
    }

    /// <inheritdoc/>
    public void Dispose() => Rest();

    private void ReadRepeatedly(TensorInfo tensor, long byteOffset, Span<byte> destination)
    {
        IStorage file = _services.Files[tensor.FileIndex];
        StorageSettings settings = _services.Settings.Storage;
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                file.EnsureUnchanged();
                file.Read(tensor.FileOffset + byteOffset, destination);
                _services.CountRead(destination.Length);
                if (_services.Rows is not { } rows || rows.TryVerify(tensor, byteOffset, destination, out string dispute)) return;
                _log.Warning("{0}: {1}; it is read again, and if it is the same then, that memory is dropped and built anew", _services.Path, dispute);
            }
            catch (StorageException e) when (e.IsTransient && attempt < settings.MaxRetries && !Cancellation.IsCancellationRequested)
            {
                Cancellation.WaitHandle.WaitOne(settings.RetryBackoff * Math.Pow(2, attempt));
            }
            catch (StorageException e)
            {
                throw new WeightsUnavailableException($"{tensor.Name}: {e.Message}", e);
            }
        }
    }

    private void SetOrder(IReadOnlyList<SegmentId> order)
    {
        _positionOf.AsSpan().Fill(-1);
        _order = [.. order];
        _twice = [.. _order, .. _order];
        for (int i = 0; i < _order.Length; i++) _positionOf[_order[i].Value] = i;
        _declaredGeneration = -1;
    }

    private void Replan(long cacheBytes, bool isWarm)
    {
        ReturnAll();
        _plan = ReadPlan.Create(_table, _order, cacheBytes, isWarm);
        _announcements = new PrefetchSegments?[_order.Length + 1];
    }

    /// <summary>Leases a group of the order; null when the plan had to be made anew.</summary>
    private LayerLease? Enter(int group)
    {
        _lease = null;
        _group = -1;
        _slot.Return();
        if (_aheadGroup == group) (_slot, _aheadSlot) = (_aheadSlot, _slot);
        else ReturnAhead();
        _aheadGroup = -1;
        bool asked = !_slot.IsFree;
        // What comes after is asked for first: it is read while this thread waits for what comes now.
        _lease = Obtain(_slot, _plan.Group(group), asked, aheadOf: group);
        if (_lease is null) return null;
        _group = group;
        return _lease;
    }

    private void AskAhead(int group)
    {
        int next = group + 1;
        if (_plan.LeasesAhead && next < _plan.Count && _aheadSlot.IsFree && _aheadSlot.TryAsk(_plan.Group(next), _services.Settings.AcquireTimeout))
        {
            LeaseCount++;
            _aheadGroup = next;
        }

        if (!_plan.IsWhole) Announce(_plan.EndOf(_aheadGroup > group ? _aheadGroup : group));
    }

    private LayerLease AcquireExpert(Segment segment)
    {
        if (_expertLease is { IsEnded: false } current && _expertSegments.Contains(segment.Id)) return current;
        if (_expertLease is { IsEnded: true }) WasInterrupted = true;
        while (true)
        {
            ReturnExperts();
            if (!_plan.LeasesAhead && !_plan.IsWhole) ReturnAll();
            SegmentId[] wanted = ExpertsFrom(segment);
            _expertLease = Obtain(_expertSlot, wanted, asked: false);
            if (_expertLease is null) continue;
            _expertSegments = [.. wanted];
            return _expertLease;
        }
    }

    // The experts expected from here on, as far as a group goes.
    private SegmentId[] ExpertsFrom(Segment segment)
    {
        List<SegmentId> wanted = [segment.Id];
        long bytes = segment.FrameCount * _table.FrameBytes;
        bool found = false;
        foreach (SegmentId id in _expected)
        {
            if (!found)
            {
                found = id == segment.Id;
                continue;
            }

            bytes += _table[id].FrameCount * _table.FrameBytes;
            if (bytes > _plan.GroupBytes) break;
            if (_positionOf[id.Value] < 0 && !wanted.Contains(id)) wanted.Add(id);
        }

        return [.. wanted];
    }

    /// <summary>Waits for a lease; null when the plan had to be made anew because the cache has become smaller.</summary>
    private LayerLease? Obtain(LeaseSlot slot, IReadOnlyList<SegmentId> segments, bool asked, int aheadOf = -1)
    {
        long deadline = Stopwatch.GetTimestamp() + (long)(_services.Settings.AcquireTimeout.TotalSeconds * Stopwatch.Frequency);
        for (int attempt = 1; ; attempt++)
        {
            if (!asked) Ask(slot, segments);
            asked = false;
            if (aheadOf >= 0) AskAhead(aheadOf);
            aheadOf = -1;
            LayerRefused? refusal = Await(slot, deadline, out LayerLease? lease);
            if (lease is not null)
            {
                Declare(lease.Generation);
                return lease;
            }

            switch (refusal!.Reason)
            {
                case RefusalReason.StaleGeneration or RefusalReason.ShuttingDown or RefusalReason.OwnerHoldsLease when attempt < MaxAttempts:
                    WasInterrupted |= refusal.Reason != RefusalReason.OwnerHoldsLease;
                    continue;
                case RefusalReason.LayerExceedsBudget or RefusalReason.BudgetShrunk when segments.Count > 1:
                    Replan(Math.Min(_services.Memory.CacheBytes, _plan.CacheBytes / 2), isWarm: false);
                    return null;
                default:
                    WasInterrupted |= refusal.Reason is RefusalReason.StaleGeneration or RefusalReason.ShuttingDown;
                    throw new WeightsUnavailableException($"{_table[segments[0]].Layer} cannot be had ({refusal.Reason}): {refusal.Text}");
            }
        }
    }

    private void Ask(LeaseSlot slot, IReadOnlyList<SegmentId> segments)
    {
        LeaseCount++;
        if (!slot.TryAsk(segments, _services.Settings.AcquireTimeout))
            throw new WeightsUnavailableException($"the layer cache of {_services.Path} has not answered a request that was withdrawn for {_services.Settings.AcquireTimeout}");
    }

    private LayerRefused? Await(LeaseSlot slot, long deadline, out LayerLease? lease)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            LayerRefused? refusal;
            while (!slot.TryWait(s_slice, out lease, out refusal))
            {
                Cancellation.ThrowIfCancellationRequested();
                if (Stopwatch.GetTimestamp() > deadline + Stopwatch.Frequency)
                {
                    slot.Return();
                    throw new WeightsUnavailableException($"the layer cache of {_services.Path} has not answered within {_services.Settings.AcquireTimeout}");
                }

                GiveWay(slot);
            }

            return refusal;
        }
        finally
        {
            WaitTicks += Stopwatch.GetTimestamp() - start;
        }
    }

    private void GiveWay(LeaseSlot waiting)
    {
        if (_slot != waiting)
        {
            _slot.Return();
            _lease = null;
            _group = -1;
        }

        if (_aheadSlot != waiting) ReturnAhead();
        if (_expertSlot != waiting) ReturnExperts();
    }

    private void ReturnAhead()
    {
        _aheadSlot.Return();
        _aheadGroup = -1;
    }

    private void ReturnExperts()
    {
        _expertSlot.Return();
        _expertLease = null;
    }

    private void Declare(long generation)
    {
        _lastGeneration = generation;
        if (_declaredGeneration == generation || _plan.MayStay) return;
        _declaredGeneration = generation;
        _cache.Tell(new DeclareSegmentOrder(_order, IsCyclic: true));
        Announce();
    }

    private void Announce()
    {
        int group = Math.Max(_group, _aheadGroup);
        Announce(group < 0 || _plan.IsWhole ? 0 : _plan.EndOf(group));
    }

    private void Announce(int position)
    {
        if (_expected.Count == 0)
        {
            // The same in every wave: made once.
            if (!_plan.IsWhole && _order.Length > 0) _cache.Tell(_announcements[position] ??= Announcement(Following(position)));
            return;
        }

        _cache.Tell(Announcement(_plan.IsWhole ? [.. _expected] : [.. _expected, .. Following(position)]));
    }

    private ArraySegment<SegmentId> Following(int position) => new(_twice, position, _order.Length);

    private PrefetchSegments Announcement(IReadOnlyList<SegmentId> segments) =>
        new(segments) { MostBytes = _plan.UnitBytes * _services.Settings.Generation.ReadAheadSegments };
}
