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
        if (_inFlight < _services.Settings.MaxLoads && _announced.Count > 0) Cache.Prefetch(CollectionsMarshal.AsSpan(_announced), _announcedBytes);
        Drain();
        while (_inFlight < _services.Settings.MaxLoads && Cache.TryStartLoad(out LoadTicket ticket))
        {
            // Frames that were freed for this load were sent off before it: the region reads its mail in order.
            Drain();
            _inFlight++;
            _region.Tell(new RegionProtocol.Commit(_generation!.Number, ticket, _table[ticket.Segment]));
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
                    _region.Tell(new RegionProtocol.Evict(_generation!.Number, _table[effect.Segment], effect.Frames));
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

    private void Grant(RequestId request, LeaseId id)
    {
        ReadOnlySpan<SegmentId> ids = Cache.SegmentsOf(id);
        Segment[] segments = new Segment[ids.Length];
        for (int i = 0; i < segments.Length; i++) segments[i] = _table[ids[i]];
        IActorRef self = Self;
        // The region may have ended a moment ago, its message still under way: then the lease is born ended.
        ImageHold? hold = _generation!.TryHold(segments);
        LayerLease lease = new(id, _generation.Number, segments, _generation.Image, quiet =>
        {
            hold?.Dispose();
            self.Tell(new LeaseQuiet(quiet));
        });
        (IActorRef replyTo, bool isWatched) = _book.Grant(request, lease);
        if (hold is null)
        {
            lease.Revoke();
            replyTo.Tell(new LayerRefused(RefusalReason.StaleGeneration, $"region generation {_generation.Number} of {_services.Path} has ended"));
            return;
        }

        if (!isWatched)
            Timers.StartSingleTimer(lease, new LeaseTimeout(lease), _services.Settings.UnwatchedLeaseTimeout);
        replyTo.Tell(new LayerLeased(lease));
    }

    private void OnCommitted(RegionProtocol.Committed m)
    {
        if (m.Load.Generation != _generation)
        {
            m.Load.Dispose();
            return;
        }

        _loads.Add(m.Load);
        Offer(m.Load);
    }

    // There is never more than MaxLoads in flight, and the queue holds as many: an offer is always taken. Its end
    // arrives as a message of its own.
    private void Offer(SegmentLoad load) => _flow!.OfferAsync(load);

    private void OnOutcome(LoadFlow.Outcome m)
    {
        Sender.Tell(LoadFlow.Acknowledge.Instance);
        SegmentLoad load = m.Load;
        if (!_loads.Contains(load)) return; // It was on its way when the cache restarted, which disposed it.
        StorageSettings storage = _services.Settings.Storage;
        if (m.Failure is StorageException { IsTransient: true } && load.FailedAttempts < storage.MaxRetries)
        {
            TimeSpan pause = storage.RetryBackoff * Math.Pow(2, load.FailedAttempts++);
            _log.Warning("Reading segment {0} of {1} failed, attempt {2} follows in {3} ms: {4}", load.Segment.Id, load.Segment.Layer,
                load.FailedAttempts + 1, pause.TotalMilliseconds, m.Failure.Message);
            Timers.StartSingleTimer(load, new Retry(load), pause);
            return;
        }

        _loads.Remove(load);
        _inFlight--;
        load.Dispose();
        if (m.Failure is null)
        {
            _services.CountRead(load.Segment.FileByteLength);
            Cache.LoadSucceeded(load.Ticket, load.Segment.FileByteLength);
        }
        else
        {
            _log.Error(m.Failure, "Loading segment {0} of {1} failed after {2} attempts", load.Segment.Id, load.Segment.Layer, load.FailedAttempts + 1);
            // Whoever asks for it reads it again; an announcement alone would repeat the fault for ever.
            _announced.RemoveAll(s => s == load.Segment.Id);
            Cache.LoadFailed(load.Ticket, m.Failure.Message);
        }

        Pump();
    }

    private void OnLeaseQuiet(LayerLease lease)
    {
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

    private sealed record CancelRequest(LeaseBook Book, RequestId Request) : INoSerializationVerificationNeeded;

    private sealed record LeaseQuiet(LayerLease Lease) : INoSerializationVerificationNeeded;

    private sealed record LeaseTimeout(LayerLease Lease) : INoSerializationVerificationNeeded;

    private sealed record Retry(SegmentLoad Load) : INoSerializationVerificationNeeded;

    private sealed record DeadlineTick : INoSerializationVerificationNeeded
    {
        public static DeadlineTick Instance { get; } = new();
    }
}
