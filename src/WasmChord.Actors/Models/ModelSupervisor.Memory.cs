using Akka.Actor;
using Akka.Event;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <content>
/// How the budget is divided between weights and generation. A reservation: promised (the cache's target falls) → held
/// (the region has returned the memory), or refused (too large, or the deadline passed before leases returned).
/// </content>
internal sealed partial class ModelSupervisor
{
    private readonly List<Reservation> _reservations = [];
    private volatile bool _isAutomatic;
    private long _grownBytes;

    private void Resize(ModelProtocol.ResizeBudget m)
    {
        ModelBudget budget;
        long before = _ledger.BytesOf(_account);
        try
        {
            budget = ModelBudget.Resolve(m.Budget, Services, _ledger.AvailableBytes + before);
        }
        catch (ModelRefusedException e)
        {
            Sender.Tell(new ModelProtocol.BudgetRefused(e.Message));
            return;
        }

        bool isAutomatic = m.Budget.Kind == BudgetKind.Auto;
        long total = budget.TotalBytes + (isAutomatic ? _grownBytes : 0);
        // A shrink gives the ledger its bytes back once the cache no longer uses them.
        if (total > before && _ledger.TryResize(_account, total) is { IsGranted: false } refused)
        {
            Sender.Tell(new ModelProtocol.BudgetRefused(refused.ToString()));
            return;
        }

        if (!Services.Memory.TrySetBudget(total, budget.BufferBytes, ModelBudget.SmallestCacheBytes(Services.Layout)))
        {
            _ledger.TryResize(_account, before);
            Sender.Tell(new ModelProtocol.BudgetRefused($"{total} bytes leave too little for the weights of {_path}: {Services.Memory.Snapshot()}"));
            return;
        }

        _isAutomatic = isAutomatic;
        if (!isAutomatic) _grownBytes = 0;
        _cache.Tell(LayerCacheActor.BudgetChanged.Instance);
        Sender.Tell(new ModelProtocol.BudgetResized(total));
    }

    // The node's budget has changed. A shrink gives the ledger its bytes back once the cache no longer uses them.
    private void Follow(FollowNode m)
    {
        ModelMemory memory = Services.Memory;
        ModelShare share = Share();
        if (!_isAutomatic) return;
        long target = Math.Clamp(m.TargetBytes, share.FloorBytes, Math.Max(share.FloorBytes, share.WantedBytes)), held = _ledger.BytesOf(_account);
        if (target > held && !_ledger.TryReserve(_account, target - held).IsGranted) return;
        if (!memory.TrySetBudget(target, memory.BufferBytes, ModelBudget.SmallestCacheBytes(Services.Layout)))
        {
            if (target > held) _ledger.TryResize(_account, held);
            return;
        }

        _log.Info("{0}: the budget is {1} bytes now, {2} before", _path, target, share.TargetBytes);
        _cache.Tell(LayerCacheActor.BudgetChanged.Instance);
    }

    // Any thread asks. Whoever wants a whole layer must get it, so the floor holds the largest.
    private ModelShare Share()
    {
        ModelMemory memory = Services.Memory;
        ImageLayout layout = Services.Layout;
        long generation = memory.HeldBytes, besides = memory.BufferBytes + generation;
        long floor = Math.Max(ModelBudget.SmallestCacheBytes(layout), layout.LargestLayerBytes) + besides;
        long total = memory.TotalBytes;
        return new ModelShare(total, Math.Min(floor, total), layout.AllLayersBytes + besides, Services.HeldImageBytes + generation, _isAutomatic);
    }

    // An automatic budget takes for generation what the node has left, before it takes from the weights. Any thread asks.
    private long GrowableBytes() => _isAutomatic ? _ledger.AvailableBytes : 0;

    private void Reserve(ModelProtocol.ReserveMemory m)
    {
        ModelMemory memory = Services.Memory;
        if (m.Bytes <= 0)
        {
            Sender.Tell(new ModelProtocol.MemoryRefused(m.Use, m.Bytes, $"{m.Bytes} bytes are nothing to reserve"));
            return;
        }

        if (_isAutomatic && _ledger.TryReserve(_account, m.Bytes).IsGranted)
        {
            _grownBytes += m.Bytes;
            memory.Grow(m.Use, m.Bytes);
            Sender.Tell(new ModelProtocol.MemoryReserved(m.Use, m.Bytes));
            return;
        }

        if (!memory.TryPromise(m.Bytes))
        {
            Sender.Tell(new ModelProtocol.MemoryRefused(m.Use, m.Bytes, $"{m.Bytes} bytes for {m.Use} of {_path} cannot be had: {memory.Snapshot()}"));
            return;
        }

        Reservation reservation = new(Sender, m.Use, m.Bytes);
        _reservations.Add(reservation);
        Timers.StartSingleTimer(reservation, new ReservationExpired(reservation), m.Timeout);
        _cache.Tell(LayerCacheActor.BudgetChanged.Instance);
    }

    private void Release(ModelProtocol.ReleaseMemory m)
    {
        if (Services.Memory.TryRelease(m.Use, m.Bytes)) Rebalance();
        else _log.Warning("{0} bytes of {1} of {2} were given back and are not held: {3}", m.Bytes, m.Use, _path, Services.Memory.Snapshot());
    }

    // What generation no longer holds goes to the node first, as far as it came from there, then to the weights.
    private void Rebalance()
    {
        long shrink = Math.Max(0, _grownBytes - Services.Memory.HeldBytes);
        if (shrink > 0)
        {
            _grownBytes -= shrink;
            Services.Memory.Shrink(shrink);
            _ledger.Release(_account, shrink);
        }

        _cache.Tell(LayerCacheActor.BudgetChanged.Instance);
    }

    private void Settled(RegionProtocol.BudgetSettled m)
    {
        if (m.Decision != Services.Memory.CacheTarget.Decision) return;
        _ledger.TryResize(_account, Services.Memory.TotalBytes);
        // Their promises are part of the target that was reached: all of them can be kept.
        foreach (Reservation r in _reservations)
        {
            Timers.Cancel(r);
            Services.Memory.Keep(r.Use, r.Bytes);
            r.ReplyTo.Tell(new ModelProtocol.MemoryReserved(r.Use, r.Bytes));
        }

        _reservations.Clear();
    }

    private void Expire(Reservation reservation)
    {
        if (!_reservations.Remove(reservation)) return;
        Services.Memory.Withdraw(reservation.Bytes);
        _cache.Tell(LayerCacheActor.BudgetChanged.Instance);
        reservation.ReplyTo.Tell(new ModelProtocol.MemoryRefused(reservation.Use, reservation.Bytes,
            $"{reservation.Bytes} bytes for {reservation.Use} of {_path} did not come free in time: leases hold them; {Services.Memory.Snapshot()}"));
    }

    private sealed class Reservation(IActorRef replyTo, MemoryUse use, long bytes)
    {
        public IActorRef ReplyTo { get; } = replyTo;

        public MemoryUse Use { get; } = use;

        public long Bytes { get; } = bytes;
    }

    /// <summary>Asks for what the actors of the model share; the answer is the <see cref="ModelServices"/>.</summary>
    internal sealed record GetServices : INoSerializationVerificationNeeded;

    /// <summary>Memory was given back past this actor, by a thread that outlived whoever had reserved it.</summary>
    internal sealed record MemoryReturned : INoSerializationVerificationNeeded
    {
        public static MemoryReturned Instance { get; } = new();
    }

    /// <summary>The node's budget has changed, and this is the model's part; a model with a budget of its own ignores it.</summary>
    internal sealed record FollowNode(long TargetBytes) : INoSerializationVerificationNeeded;

    private sealed record ReservationExpired(Reservation Reservation) : INoSerializationVerificationNeeded;
}
