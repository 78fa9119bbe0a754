using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using Akka.Streams.Dsl;
using WasmChord.Gguf;
using WasmChord.Memory64;
using static WasmChord.Actors.LayerCacheProtocol;

namespace WasmChord.Actors;

/// <summary>
/// The shell of <see cref="LayerCache"/>: the single writer of a model's residency table. It turns messages into the
/// cache's operations and the cache's effects into messages: memory orders for the region, loads for the load flow,
/// answers for requesters. States: awaiting the region (requests are stashed) → serving, until stopped or restarted;
/// then every open request is refused and every lease taken back.
/// </summary>
internal sealed partial class LayerCacheActor : ReceiveActor, IWithUnboundedStash, IWithTimers
{
    private static readonly TimeSpan s_lingeringPause = TimeSpan.FromMilliseconds(20);

    private readonly ModelServices _services;
    private readonly IActorRef _region;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly SegmentTable _table;
    private readonly LeaseBook _book;
    private readonly HashSet<LoadStep> _loads = [];
    private readonly Stack<LoadStep> _freeSteps = new();
    private readonly ConcurrentQueue<RegionProtocol.Evict> _spareEvicts = new();
    private readonly List<Segment> _granted = [];
    private SegmentId[] _asked = new SegmentId[16];
    private ImageGeneration? _generation;
    private LayerCache? _cache;
    private LoadLine? _flow;
    private readonly List<SegmentId> _announced = [];
    private long _announcedBytes;
    private long _scheduledDeadline = long.MaxValue;
    private long _reportedDecision = -1; // What a cache before this one had not reported yet is reported now.

    public LayerCacheActor(ModelServices services, IActorRef region)
    {
        _services = services;
        _region = region;
        _table = services.Layout.Segments;
        _book = new LeaseBook(actor => Context.Watch(actor), actor => Context.Unwatch(actor));
        Become(AwaitingRegion);
    }

    /// <inheritdoc/>
    public IStash Stash { get; set; } = null!;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private LayerCache Cache => _cache ?? throw new InvalidOperationException("the region has not started");

    private long Now => (long)Context.System.Scheduler.MonotonicClock.TotalMilliseconds;

    public static Props Props(ModelServices services, IActorRef region) =>
        Akka.Actor.Props.Create(() => new LayerCacheActor(services, region)).WithDispatcher(WasmChordSettings.DispatcherPath);

    protected override void PreStart()
    {
        base.PreStart();
        IActorRef self = Self;
        _services.OnLingering(_ => self.Tell(BudgetChanged.Instance));
        _region.Tell(new RegionProtocol.GetGeneration());
    }

    protected override void PreRestart(Exception reason, object message)
    {
        // What is stashed has not been looked at: it is served after the restart.
        Stash.UnstashAll();
        base.PreRestart(reason, message);
    }

    protected override void PostStop()
    {
        LayerRefused refusal = new(RefusalReason.ShuttingDown, $"the layer cache of {_services.Path} ended while the request was open");
        foreach (IActorRef requester in _book.OpenRequests) requester.Tell(refusal);
        foreach (Envelope stashed in Stash.ClearStash())
        {
            if (stashed.Message is Acquire) stashed.Sender.Tell(refusal);
            if (stashed.Message is RegionProtocol.Committed committed) committed.Load.Dispose();
        }

        _book.Close();
        foreach (LayerLease lease in _book.Leases.ToList()) lease.Revoke();
        foreach (LoadStep step in _loads) step.Load.Dispose();
        _flow?.Complete();
        base.PostStop();
    }

    private void AwaitingRegion()
    {
        Receive<RegionProtocol.GenerationStarted>(m =>
        {
            Start(m.Generation);
            Become(Serving);
            Stash.UnstashAll();
        });
        ReceiveAny(_ => Stash.Stash());
    }

    private void Start(ImageGeneration generation)
    {
        _generation = generation;
        ModelSettings settings = _services.Settings;
        long bytes = Effective(_services.Memory.CacheBytes);
        _region.Tell(new RegionProtocol.LimitMemory(generation.Number, bytes));
        CacheLimits limits = new(bytes, settings.MaxWaitingRequests, _services.ReadAheadBytes, settings.MaxBypasses);
        _cache = new LayerCache(_table, limits, EvictionPolicy.Create(settings.Policy, _table), _services.History?.Uses);
        // Where everything will fit, nothing may leave early; else segments leave rather than wait for memory that is yet to
        // be populated.
        if (generation.Image is MappedImage { PresentBytes: < long.MaxValue } && _services.Layout.AllLayersBytes > bytes) _cache.SetPresent(0);
        ActorMaterializer materializer = Context.Materializer(
            ActorMaterializerSettings.Create(Context.System).WithDispatcher(WasmChordSettings.DispatcherPath));
        _flow = LoadFlow.Start(materializer, Context.System, settings, generation.Number, Self);
        for (int i = 0; i < settings.MaxLoads; i++) _freeSteps.Push(new LoadStep(_flow, _services.Loader, generation.Number, Self));
        _log.Debug("Layer cache of {0}: generation {1}, {2} bytes, policy {3}", _services.Path, generation.Number, bytes, settings.Policy);
        // Where memory is not to be touched before it is needed, nothing is read before it is asked for.
        if (_services.History is not { } history || !settings.Sidecar.WarmStart || settings.Populate == PopulateMode.Off) return;
        _cache.Warm(history.Uses.MostValuable());
        Pump();
    }

    private void Serving()
    {
        Receive<AcquireLayer>(m => Acquire(m, m.Layer, Ids(_table.Of(m.Layer))));
        Receive<AcquireLayers>(m => Acquire(m, m.Layers, Union(m.Layers)));
        Receive<AcquireTensor>(m => Acquire(m, m.Name, OfTensor(m.Name)));
        Receive<AcquireSegments>(m => Acquire(m, "segments", Ascending(m.Segments)));
        Receive<AcquireAgain>(m => Acquire(m, "segments", Ascending(m.Segments)));
        Receive<Prefetch>(m =>
        {
            _announced.Clear();
            _announcedBytes = long.MaxValue;
            foreach (LayerId layer in m.Layers)
                foreach (Segment s in _table.Of(layer)) _announced.Add(s.Id);
            Pump();
        });
        Receive<PrefetchSegments>(m =>
        {
            _announced.Clear();
            _announcedBytes = m.MostBytes;
            for (int i = 0; i < m.Segments.Count; i++)
                if ((uint)m.Segments[i].Value < (uint)_table.Count) _announced.Add(m.Segments[i]);
            Pump();
        });
        Receive<DeclareOrder>(m =>
        {
            Cache.DeclareOrder(m.Layers.SelectMany(l => Ids(_table.Of(l))).ToArray(), m.IsCyclic);
            Pump();
        });
        Receive<DeclareSegmentOrder>(m =>
        {
            Cache.DeclareOrder(m.Segments.ToArray(), m.IsCyclic);
            Pump();
        });
        Receive<EndOrder>(_ =>
        {
            Cache.EndOrder();
            Pump();
        });
        Receive<GetStatistics>(_ => Sender.Tell(new Statistics(Cache.Snapshot(), _generation!.Number)));

        Receive<RegionProtocol.MemoryPresent>(m =>
        {
            if (m.Generation != _generation!.Number || _services.Layout.AllLayersBytes <= Cache.TargetBytes) return;
            Cache.SetPresent(m.Bytes);
            Pump();
        });
        Receive<RegionProtocol.Committed>(OnCommitted);
        Receive<RegionProtocol.GenerationStarted>(m =>
        {
            // The region started anew after it had answered this cache: begin again on what is alive.
            if (m.Generation != _generation) throw new StaleGenerationException(_services.Path, _generation!.Number, m.Generation.Number);
        });
        Receive<LoadStep>(OnArrived);
        Receive<LoadFlow.Ended>(m =>
        {
            // The flow of a generation that is over completes after the next one has started.
            if (m.Generation == _generation!.Number) throw new LoadFlowEndedException(_services.Path, m.Cause);
        });
        Receive<Retry>(m => Offer(m.Step));

        Receive<LeaseGrant>(OnLeaseQuiet);
        Receive<LeaseTimeout>(m => OnLeaseTimeout(m.Lease));
        Receive<Terminated>(m => OnHolderGone(m.ActorRef));
        Receive<LeaseCancellation>(m =>
        {
            if (m.Book != _book) return; // A request of a cache that has ended was refused then.
            Cache.Cancel(m.Request);
            Pump();
        });
        Receive<DeadlineTick>(_ =>
        {
            _scheduledDeadline = long.MaxValue;
            Cache.Expire(Now);
            Pump();
        });
        Receive<BudgetChanged>(_ => ApplyBudget());
    }

    private void Acquire(Acquire m, object what, ReadOnlySpan<SegmentId> segments)
    {
        if (Sender.IsNobody())
        {
            _log.Warning("A request for {0} of {1} has no sender to answer; it is dropped", NameOf(what), _services.Path);
            return;
        }

        TimeSpan timeout = m.Timeout ?? _services.Settings.AcquireTimeout;
        if (m.MayWait && timeout > s_lingeringPause && MustOutwaitLingering(segments))
        {
            Context.System.Scheduler.ScheduleTellOnce(s_lingeringPause, Self, m with { Timeout = timeout - s_lingeringPause }, Sender);
            return;
        }

        IActorRef? holder = m.Holder ?? (IsAsk(Sender) ? null : Sender);
        LeaseGrant? place = (m as AcquireAgain)?.Place;
        (RequestId request, OwnerId owner) = _book.Open(Sender, holder, place);
        if (m.Cancellation.CanBeCanceled)
        {
            LeaseCancellation cancellation = place?.Cancellation ?? new LeaseCancellation();
            _book.Attach(request, cancellation.Register(m.Cancellation, Self, _book, request));
        }

        if (segments.Length == 0)
        {
            _book.Refuse(request).Tell(new LayerRefused(RefusalReason.UnknownSegment, $"{_services.Path} has no {NameOf(what)}"));
            return;
        }

        // What is asked for needs no announcement any more; read again after its use, it would be read for nobody.
        if (_announced.Count > 0) Forget(segments);
        long now = Now;
        Cache.Acquire(request, owner, segments, now + (long)Math.Min(timeout.TotalMilliseconds, int.MaxValue), now, m.MayWait);
        Pump();
    }

    private static string NameOf(object what) => what is IReadOnlyList<LayerId> layers ? string.Join(", ", layers) : $"{what}";

    private void Forget(ReadOnlySpan<SegmentId> asked)
    {
        int kept = 0;
        for (int i = 0; i < _announced.Count; i++)
            if (!asked.Contains(_announced[i])) _announced[kept++] = _announced[i];
        _announced.RemoveRange(kept, _announced.Count - kept);
    }

    // What readers of an ended generation still hold comes back soon: a request that fits the budget without it waits.
    private bool MustOutwaitLingering(ReadOnlySpan<SegmentId> segments)
    {
        // The target, not what lingers now: the message that gives the bytes back may still be on its way.
        long budget = _services.Memory.CacheBytes;
        if (Cache.TargetBytes >= budget) return false;
        List<Segment> wanted = [];
        foreach (SegmentId id in segments)
            if ((uint)id.Value < (uint)_table.Count) wanted.Add(_table[id]);
        long bytes = _table.FramesOf(CollectionsMarshal.AsSpan(wanted)) * _table.FrameBytes;
        return bytes > Cache.TargetBytes && bytes <= budget;
    }

    // The mailbox of an ask is not an actor: it ends with the answer, so its end says nothing about the lease.
    // An actor of an application may be called so, too: the temporary ones are children of the root's.
    internal static bool IsAsk(IActorRef sender) => sender.Path is { Depth: 2, Parent.Name: "temp" };

    // A wave asks so for every group of segments, mostly each once. Valid until the next call.
    private ReadOnlySpan<SegmentId> Ascending(IReadOnlyList<SegmentId> segments)
    {
        if (_asked.Length < segments.Count) _asked = new SegmentId[segments.Count];
        Span<SegmentId> ids = _asked.AsSpan(0, segments.Count);
        for (int i = 0; i < ids.Length; i++) ids[i] = segments[i];
        ids.Sort(static (a, b) => a.Value.CompareTo(b.Value));
        int count = 0;
        for (int i = 0; i < ids.Length; i++)
            if (i == 0 || ids[i] != ids[i - 1]) ids[count++] = ids[i];
        return ids[..count];
    }

    private static SegmentId[] Ids(ReadOnlySpan<Segment> segments)
    {
        SegmentId[] ids = new SegmentId[segments.Length];
        for (int i = 0; i < ids.Length; i++) ids[i] = segments[i].Id;
        return ids;
    }

    private SegmentId[] Union(IReadOnlyList<LayerId> layers)
    {
        List<SegmentId> ids = [];
        foreach (LayerId layer in layers.Distinct().Order())
        {
            SegmentId[] ofLayer = Ids(_table.Of(layer));
            if (ofLayer.Length == 0) return [];
            ids.AddRange(ofLayer);
        }

        ids.Sort((a, b) => a.Value.CompareTo(b.Value));
        return [.. ids];
    }

    private SegmentId[] OfTensor(string name)
    {
        if (!_services.Model.TryGetTensor(name, out TensorInfo? tensor) || _services.Model.Manifest.LayerOf(name) is not { } layer) return [];
        List<SegmentId> ids = [];
        foreach (Segment s in _table.Of(layer))
            if (_services.Model.Tensors[s.TensorIndex].Name == tensor.Name) ids.Add(s.Id);
        return [.. ids];
    }
}
