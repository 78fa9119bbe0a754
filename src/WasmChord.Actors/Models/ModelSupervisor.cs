using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// One open model: opens it, describes it, supervises what serves it, closes it. Region and cache live and die together:
/// a fault in one restarts both under a new generation. Requesters keep this actor's address. States: opening (requests
/// are stashed) → populating, where asked for → open → closed; an opening that is refused ends the actor.
/// </summary>
internal sealed partial class ModelSupervisor : ReceiveActor, IWithUnboundedStash, IWithTimers
{
    private const string SchedulerName = "scheduler", GuestsName = "guests";

    private readonly string _path;
    private readonly ModelOptions _options;
    private readonly ModelSettings _settings;
    private readonly BudgetLedger _ledger;
    private readonly NodeMemory _node;
    private readonly IActorRef _self; // PostStop may run in another actor's context, when a life ends in the middle of a restart.
    private readonly EarlierLife _earlier;
    private readonly string _account;
    private readonly MessageDispatcher _io;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ModelServices? _services;
    private ModelDescription? _description;
    private IActorRef _index = ActorRefs.Nobody;
    private IActorRef _region = ActorRefs.Nobody;
    private IActorRef _cache = ActorRefs.Nobody;
    private IActorRef? _scheduler;
    private IActorRef? _guests;

    public ModelSupervisor(string path, ModelOptions options, ModelSettings settings, BudgetLedger ledger, NodeMemory node, EarlierLife earlier)
    {
        _node = node;
        _self = Self;
        _earlier = earlier;
        _path = path;
        _options = options;
        _settings = settings;
        _ledger = ledger;
        _account = Self.Path.Name;
        _io = Context.System.Dispatchers.Lookup(WasmChordSettings.IoDispatcherPath);
        Become(Opening);
    }

    /// <inheritdoc/>
    public IStash Stash { get; set; } = null!;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private ModelServices Services => _services ?? throw new InvalidOperationException($"{_path} is not open");

    // Text is asked of few models, and takes memory: whoever asks first starts the scheduler.
    private IActorRef Scheduler => _scheduler ??= Context.Watch(Context.ActorOf(GenerationScheduler.Props(Services, _cache), SchedulerName));

    private IActorRef Guests => _guests ??= Context.Watch(Context.ActorOf(GuestsProps(WasmChordExtension.Get(Context.System)), GuestsName));

    /// <summary>Props of one model's actor.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="settings">What follows from that.</param>
    /// <param name="ledger">The node's budget.</param>
    /// <param name="node">The node's models.</param>
    /// <param name="earlier">Shared by all lives of this actor; to be settled when it has ended.</param>
    public static Props Props(string path, ModelOptions options, ModelSettings settings, BudgetLedger ledger, NodeMemory node, EarlierLife earlier) =>
        Akka.Actor.Props.Create(() => new ModelSupervisor(path, options, settings, ledger, node, earlier)).WithDispatcher(WasmChordSettings.DispatcherPath);

    private Props GuestsProps(WasmChordExtension extension) =>
        GuestSupervisor.Props(Services, extension.Settings.Guests, extension.Guests, extension.GuestLine, _cache, _region);

    protected override void PreStart()
    {
        // The children of the life before have stopped by now.
        _earlier.Settle();
        base.PreStart();
        ModelOpening.OpenAsync(_path, _options, _settings, new ModelMemory(GrowableBytes), _io)
            .PipeTo(Self, success: services => new Opened(services), failure: e => new OpeningFailed(e));
    }

    protected override void PreRestart(Exception reason, object message)
    {
        Stash.UnstashAll();
        // Until the children have stopped, their memory is theirs: nothing is given back before.
        foreach (IActorRef child in Context.GetChildren())
        {
            Context.Unwatch(child);
            Context.Stop(child);
        }

        _earlier.Leave(PostStop);
    }

    protected override void PostStop()
    {
        _node.Remove(_self);
        _ledger.ReleaseAll(_account);
        if (_services is { } services)
        {
            // What readers still hold of the image counts until they let go.
            string lingering = $"{_account}-lingering-{Guid.NewGuid():n}";
            services.OnLingering(bytes => _ledger.TryResize(lingering, bytes));
            _ledger.TryResize(lingering, services.LingeringBytes);
            string generation = $"{lingering}-generation";
            services.Memory.OnReleased(bytes => _ledger.TryResize(generation, bytes));
            _ledger.TryResize(generation, services.Memory.HeldBytes);
            SaveAtEnd(services);
            services.Dispose();
        }

        base.PostStop();
    }

    protected override SupervisorStrategy SupervisorStrategy() => new ModelStrategy(SchedulerName, GuestsName);

    private void Opening()
    {
        Receive<Opened>(m =>
        {
            _services = m.Services;
            try
            {
                Serve();
            }
            catch (ModelRefusedException e)
            {
                Refuse(e);
                return;
            }

            if (_settings.Populate == PopulateMode.Open) Become(Populating);
            else BeginServing();
        });
        Receive<OpeningFailed>(m => Refuse(m.Cause));
        ReceiveAny(_ => Stash.Stash());
    }

    // The index, region and cache are there; whoever asks waits until the memory is, too.
    private void Populating()
    {
        Receive<RegionProtocol.MemoryPopulated>(_ => BeginServing());
        Receive<Terminated>(m => throw new ModelChildEndedException(_path, m.ActorRef.Path.Name));
        ReceiveAny(_ => Stash.Stash());
    }

    private void BeginServing()
    {
        Become(Open);
        Stash.UnstashAll();
        Context.Parent.Tell(new ModelProtocol.ModelOpened(Self, _description!));
    }

    private void Serve()
    {
        ModelServices services = Services;
        ModelBudget budget = ModelBudget.Resolve(_settings.Budget, services, _ledger.AvailableBytes);
        BudgetDecision reserved = _ledger.TryReserve(_account, budget.TotalBytes);
        if (!reserved.IsGranted) throw new ModelRefusedException(ModelRefusal.BudgetTooSmall, $"{_path}: {reserved}");
        _isAutomatic = _settings.Budget.Kind == BudgetKind.Auto;
        services.Memory.TrySetBudget(budget.TotalBytes, budget.BufferBytes, ModelBudget.SmallestCacheBytes(services.Layout));
        ResidencyDecision residency = ResidencyDecision.Decide(
            services.Model.TensorBytes, _settings.ResidentThresholdBytes, services.Layout.AllLayersBytes, budget.CacheBytes);
        services.ReadAheadBytes = residency.Mode == ResidencyMode.Resident
            ? budget.CacheBytes
            : Math.Min(_settings.ReadAhead.Resolve(services.Layout.LargestLayerBytes, services.Layout.LargestLayerBytes), budget.CacheBytes / 2);
        _description = Describe(services, budget, residency);
        _log.Info("{0}: {1} ({2}); budget {3} bytes; {4}", _path, residency.Mode, residency.Why, budget.TotalBytes,
            string.Join("; ", services.StorageDecisions));

        _index = Context.ActorOf(GgufIndex.Props(services.Model, _description), "gguf-index");
        _region = Context.ActorOf(Memory64Region.Props(services), "region");
        _cache = Context.ActorOf(LayerCacheActor.Props(services, _region), "layer-cache");
        foreach (IActorRef child in new[] { _index, _region, _cache }) Context.Watch(child);
        _node.Add(_self, Share);
        BeginHistory();
        if (residency.Mode == ResidencyMode.Resident) _cache.Tell(new LayerCacheProtocol.Prefetch(_description.Layers));
    }

    private void Open()
    {
        Receive<LayerCacheProtocol.ICommand>(m => _cache.Forward(m));
        Receive<LayerCacheProtocol.IQuery>(m => _cache.Forward(m));
        Receive<GenerationProtocol.ICommand>(m => Scheduler.Forward(m));
        Receive<GenerationProtocol.IQuery>(m => Scheduler.Forward(m));
        Receive<GuestProtocol.ICommand>(m => Guests.Forward(m));
        Receive<GuestProtocol.IQuery>(m => Guests.Forward(m));
        Receive<GgufIndexProtocol.IQuery>(m => _index.Forward(m));
        Receive<RegionProtocol.GetStatus>(m => _region.Forward(m));
        Receive<ModelProtocol.ResizeBudget>(Resize);
        Receive<FollowNode>(Follow);
        Receive<ModelProtocol.ReserveMemory>(Reserve);
        Receive<ModelProtocol.ReleaseMemory>(Release);
        Receive<GetServices>(_ => Sender.Tell(Services));
        Receive<MemoryReturned>(_ => Rebalance());
        Receive<ModelProtocol.GetMemory>(_ => Sender.Tell(Services.Memory.Snapshot()));
        Receive<ReservationExpired>(m => Expire(m.Reservation));
        Receive<RegionProtocol.BudgetSettled>(Settled);
        Receive<RegionProtocol.MemoryPopulated>(_ => { });
        Receive<SaveHistory>(_ => Save());
        Receive<HistorySaved>(OnSaved);
        Receive<ModelProtocol.CloseModel>(_ => Close());
        Receive<Terminated>(m => throw new ModelChildEndedException(_path, m.ActorRef.Path.Name));
    }

    private void Close()
    {
        List<IActorRef> requesters = [Sender];
        HashSet<IActorRef> children = [.. Context.GetChildren()];
        foreach (IActorRef child in children)
        {
            // The scheduler ends when its wave has let go of the weights.
            if (child.Equals(_scheduler)) child.Tell(GenerationScheduler.Close.Instance);
            else Context.Stop(child);
        }

        Become(() =>
        {
            Receive<Terminated>(m =>
            {
                children.Remove(m.ActorRef);
                if (children.Count == 0) SaveLast();
            });
            Receive<HistoryKept>(m =>
            {
                Report(m.Failure);
                foreach (IActorRef requester in requesters) requester.Tell(new ModelProtocol.ModelClosed());
                Context.Stop(Self);
            });
            Receive<ModelProtocol.CloseModel>(_ => requesters.Add(Sender));
            Receive<ModelProtocol.ResizeBudget>(_ => Sender.Tell(new ModelProtocol.BudgetRefused($"{_path} is being closed")));
            Receive<ModelProtocol.ReleaseMemory>(m => Services.Memory.TryRelease(m.Use, m.Bytes));
            Receive<ModelProtocol.ReserveMemory>(m =>
                Sender.Tell(new ModelProtocol.MemoryRefused(m.Use, m.Bytes, $"{_path} is being closed")));
            Receive<GenerationProtocol.Generate>(m =>
                Sender.Tell(new GenerationProtocol.GenerationRefused(m.Id, GenerationRefusal.ModelClosed, $"{_path} is being closed")));
            Receive<GuestProtocol.RunGuest>(m =>
                Sender.Tell(new GuestProtocol.GuestRefused(m.Id, GuestRefusal.ModelClosed, $"{_path} is being closed")));
            Receive<LayerCacheProtocol.Acquire>(_ =>
                Sender.Tell(new LayerCacheProtocol.LayerRefused(RefusalReason.ShuttingDown, $"{_path} is being closed")));
        });
    }

    private void Refuse(Exception cause)
    {
        ModelRefusal reason = (cause as ModelRefusedException)?.Reason ?? ModelRefusal.CannotRead;
        _log.Warning("{0} is refused ({1}): {2}", _path, reason, cause.Message);
        Context.Parent.Tell(new ModelProtocol.ModelRefused(reason, cause.Message));
        Context.Stop(Self);
    }

    private ModelDescription Describe(ModelServices services, ModelBudget budget, ResidencyDecision residency) => new()
    {
        Path = _path,
        Architecture = services.Model.Architecture,
        Layers = services.Layout.Segments.Layers,
        Layout = services.Layout,
        Tensors = services.Model.Tensors,
        TensorBytes = services.Model.TensorBytes,
        Residency = residency,
        BudgetBytes = budget.TotalBytes,
        BufferBytes = budget.BufferBytes,
        StorageDecisions = services.StorageDecisions,
        AcquireTimeout = _settings.AcquireTimeout,
        UseTimeout = _settings.UseTimeout,
        OutputWindow = _settings.Generation.OutputWindow,
    };

    private sealed record Opened(ModelServices Services) : INoSerializationVerificationNeeded;

    private sealed record OpeningFailed(Exception Cause) : INoSerializationVerificationNeeded;
}
