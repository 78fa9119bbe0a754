using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.Event;
using WasmChord.Memory64;
using static WasmChord.Actors.LayerCacheProtocol;

namespace WasmChord.Actors;

/// <content>What follows from each operation: effects, loads, leases, deadlines.</content>
internal sealed partial class LayerCacheActor
{
    private const string DeadlineTimer = "deadline";

    /// <summary>Carries out what the cache wants, then starts as many loads as there is credit for.</summary>
    private void Pump()
    {
        // An announcement is worth more than the room it found at first: each lease that returns may make more.
        if (_freeSteps.Count > 0 && _announced.Count > 0) Cache.Prefetch(CollectionsMarshal.AsSpan(_announced), _announcedBytes);
        Drain();
        while (_freeSteps.Count > 0 && Cache.TryStartLoad(out LoadTicket ticket))
        {
            // Frames that were freed for this load were sent off before it: the region reads its mail in order.
            Drain();
            LoadStep step = _freeSteps.Pop();
            step.Order.Ticket = ticket;
            step.Order.Segment = _table[ticket.Segment];
            _region.Tell(step.Order);
        }

        Drain();
        ScheduleDeadline();
        ReportSettled();
    }

    private void Drain()
    {
        while (Cache.TryDequeue(out CacheEffect effect))
        {
            switch (effect.Kind)
            {
                case CacheEffectKind.FramesFreed:
                    TellEvicted(_table[effect.Segment], effect.Frames);
                    break;
                case CacheEffectKind.Refused:
                    _book.Refuse(effect.Request).Tell(new LayerRefused(effect.Reason, effect.Text));
                    break;
                default:
                    Grant(effect.Request, effect.Lease);
                    break;
            }
        }
    }

    private void TellEvicted(Segment segment, FrameRange frames)
    {
        if (!_spareEvicts.TryDequeue(out RegionProtocol.Evict? evict))
            evict = new RegionProtocol.Evict(_generation!.Number, segment, frames) { Spares = _spareEvicts };
        evict.Generation = _generation!.Number;
        evict.Segment = segment;
        evict.Frames = frames;
        _region.Tell(evict);
    }

    private void Grant(RequestId request, LeaseId id)
    {
        _granted.Clear();
        foreach (SegmentId segment in Cache.SegmentsOf(id)) _granted.Add(_table[segment]);
        LeaseGrant grant = _book.PlaceOf(request) ?? new LeaseGrant();
        // The region may have ended a moment ago, its message still under way: then the lease is born ended.
        bool isHeld = grant.TryOpen(Self, id, _generation!, CollectionsMarshal.AsSpan(_granted));
        (IActorRef replyTo, bool isWatched) = _book.Grant(request, grant);
        if (!isHeld)
        {
            grant.Lease.Revoke();
            replyTo.Tell(new LayerRefused(RefusalReason.StaleGeneration, $"region generation {_generation!.Number} of {_services.Path} has ended"));
            return;
        }

        if (!isWatched)
            Timers.StartSingleTimer(grant.Lease, new LeaseTimeout(grant.Lease), _services.Settings.UnwatchedLeaseTimeout);
        replyTo.Tell(grant.Answer);
    }

    private void OnCommitted(RegionProtocol.Committed m)
    {
        if (m.Step is not { } step || !step.IsOf(_flow))
        {
            m.Load.Dispose();
            return;
        }

        _loads.Add(step);
        Offer(step);
    }

    // There are as many steps as loads may be under way, and the line holds as many: an offer is always taken. Its end
    // arrives as a message of its own.
    private void Offer(LoadStep step) => _flow!.Offer(step);

    private void OnArrived(LoadStep step)
    {
        if (!_loads.Contains(step)) return; // It was on its way when the cache restarted, which disposed it.
        SegmentLoad load = step.Load;
        if (step.Failure is ChecksumException { IsDisputed: true } disputed)
        {
            _log.Warning("{0}; it is read again, and if it is the same then, that memory is dropped and built anew", disputed.Message);
            Offer(step);
            return;
        }

        StorageSettings storage = _services.Settings.Storage;
        if (step.Failure is StorageException { IsTransient: true } transient && load.FailedAttempts < storage.MaxRetries)
        {
            TimeSpan pause = storage.RetryBackoff * Math.Pow(2, load.FailedAttempts++);
            _log.Warning("Reading segment {0} of {1} failed, attempt {2} follows in {3} ms: {4}", load.Segment.Id, load.Segment.Layer,
                load.FailedAttempts + 1, pause.TotalMilliseconds, transient.Message);
            Timers.StartSingleTimer(step, new Retry(step), pause);
            return;
        }

        _loads.Remove(step);
        load.Dispose();
        if (step.Failure is { } failure)
        {
            OnFailed(load, failure);
        }
        else
        {
            _services.CountRead(load.Segment.FileByteLength);
            Cache.LoadSucceeded(load.Ticket, load.Segment.FileByteLength);
        }

        _freeSteps.Push(step);
        Pump();
    }

    private void OnFailed(SegmentLoad load, Exception failure)
    {
        _log.Error(failure, "Loading segment {0} of {1} failed after {2} attempts", load.Segment.Id, load.Segment.Layer, load.FailedAttempts + 1);
        // Whoever asks for it reads it again; an announcement alone would repeat the fault for ever.
        SegmentId failed = load.Segment.Id;
        _announced.RemoveAll(s => s == failed);
        Cache.LoadFailed(load.Ticket, failure.Message);
    }

    private void OnLeaseQuiet(LeaseGrant grant)
    {
        LayerLease lease = grant.Lease;
        // A lease of an earlier generation belongs to a cache that is gone; its memory was accounted for by its hold.
        if (!ReferenceEquals(_book.Find(lease.Id), lease) || !_book.Forget(lease.Id)) return;
        Timers.Cancel(lease);
        Cache.Release(lease.Id);
        Pump();
    }

    private void OnLeaseTimeout(LayerLease lease)
    {
        if (lease.Revoke())
            _log.Warning("Lease {0} of {1} was held for {2} by someone who cannot be watched; it is taken back", lease.Id,
                lease.Segments[0].Layer, _services.Settings.UnwatchedLeaseTimeout);
    }

    private void OnHolderGone(IActorRef holder)
    {
        if (_book.OwnerOf(holder) is not { } owner) return;
        // Its open requests are refused; its lease ends now, and its pages are free once the last reader has let go.
        if (Cache.OwnerGone(owner) is { } lease) _book.Find(lease)?.Revoke();
        _book.HolderGone(holder);
        Pump();
    }

    private void ApplyBudget()
    {
        long bytes = Effective(_services.Memory.CacheBytes);
        if (bytes == Cache.TargetBytes)
        {
            ReportSettled();
            return;
        }

        Cache.Resize(bytes);
        Drain();
        _region.Tell(new RegionProtocol.LimitMemory(_generation!.Number, bytes));
        Pump();
    }

    // What leases of an ended generation still hold is not there to be used.
    private long Effective(long budget) => Math.Max(_table.FrameBytes, budget - _services.LingeringBytes);

    // The region has yet to return the frames that it was told about: it reads its mail in order, and reports itself.
    private void ReportSettled()
    {
        (long decision, long budget) = _services.Memory.CacheTarget;
        if (_reportedDecision == decision || Cache.TargetBytes != Effective(budget) || Cache.UsedBytes + _services.LingeringBytes > budget) return;
        _reportedDecision = decision;
        _region.Tell(new RegionProtocol.ReportSettled(_generation!.Number, decision, budget));
    }

    private void ScheduleDeadline()
    {
        if (Cache.NextDeadline is not { } next || next >= _scheduledDeadline) return;
        _scheduledDeadline = next;
        Timers.StartSingleTimer(DeadlineTimer, DeadlineTick.Instance, TimeSpan.FromMilliseconds(Math.Max(1, next - Now)));
    }

    /// <summary>The supervisor has changed the bytes that the cache may use.</summary>
    internal sealed record BudgetChanged : INoSerializationVerificationNeeded
    {
        public static BudgetChanged Instance { get; } = new();
    }

    private sealed record LeaseTimeout(LayerLease Lease) : INoSerializationVerificationNeeded;

    private sealed record Retry(LoadStep Step) : INoSerializationVerificationNeeded;

    private sealed record DeadlineTick : INoSerializationVerificationNeeded
    {
        public static DeadlineTick Instance { get; } = new();
    }
}
