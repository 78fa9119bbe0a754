using Akka.Actor;
using Akka.Event;
using static WasmChord.Actors.GenerationProtocol;

namespace WasmChord.Actors;

/// <summary>
/// Composes the waves of one model and never computes: who takes part, with how many positions, in memory reserved
/// beforehand. The model's wave thread computes; its results come back as messages. Stages of the model: cold (nothing
/// is held) → open (vectors and vocabulary are there) → ready (scratch memory, too) → open, when there is no work for a
/// while. In each stage the scheduler is free, or busy: with a job of the wave thread, or waiting for memory.
/// </summary>
internal sealed partial class GenerationScheduler : ReceiveActor, IWithTimers
{
    private const int HolderCount = 3;

    private readonly ModelServices _services;
    private readonly GenerationSettings _settings;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ActorLayerSource _source;
    private readonly WaveThread _thread;
    private readonly Dictionary<GenerationId, GenerationRequest> _requests = [];
    private readonly Dictionary<IActorRef, HashSet<GenerationRequest>> _requesters = [];
    private readonly WaitingLine<GenerationRequest> _line = new();
    private readonly List<GenerationRequest> _active = [];
    private readonly SessionStore _sessions;
    private readonly ProcessorPlaces _processors;
    private ModelRuntime? _runtime;
    private Stage _stage;
    private bool _isBusy;
    private bool _isClosing;
    private bool _isCleanedUp;
    private long _lastArrival;

    public GenerationScheduler(ModelServices services, IActorRef cache)
    {
        _services = services;
        _settings = services.Settings.Generation;
        _sessions = new SessionStore(_settings.MaxSessions);
        _processors = new ProcessorPlaces(WasmChordExtension.Get(Context.System).Settings.Guests.MaxProcessors);
        IActorRef[] holders = [.. Enumerable.Range(0, HolderCount).Select(_ => Context.ActorOf(Akka.Actor.Props.Empty))];
        _source = new ActorLayerSource(services, Context.System, cache, holders);
        _thread = new WaveThread($"wasmchord-wave-{Context.Parent.Path.Name}");

        Receive<Generate>(OnGenerate);
        Receive<CancelGeneration>(m =>
        {
            if (_requests.TryGetValue(m.Id, out GenerationRequest? request)) End(request, GenerationEnd.Cancelled);
        });
        Receive<TokensTaken>(OnTokensTaken);
        Receive<GetGenerationStatistics>(_ => Sender.Tell(Statistics()));
        Receive<Terminated>(m => OnRequesterGone(m.ActorRef));
        Receive<DeadlineTick>(_ => Advance());
        Receive<SessionTick>(_ =>
        {
            if (!_isBusy && _sessions.ForgetIdleSince(Now - _settings.SessionIdleTimeout) > 0) TrimKv();
        });
        Receive<RestTick>(_ => Rest());

        Receive<ModelProtocol.MemoryReserved>(OnReserved);
        Receive<ModelProtocol.MemoryRefused>(OnReserveRefused);
        Receive<TextOpened>(OnTextOpened);
        Receive<Opened>(OnOpened);
        Receive<ProcessorStarted>(OnProcessorStarted);
        Receive<Encoded>(OnEncoded);
        Receive<Ready>(OnReady);
        Receive<Rested>(OnRested);
        Receive<WaveJob.WaveEnded>(OnWaveEnded);
        Receive<WaveThread.JobFailed>(OnJobFailed);
        Receive<Close>(_ => OnClose());
        Receive<CleanedUp>(_ => Context.Stop(Self));
    }

    private enum Stage
    {
        Cold,
        Open,
        Ready,
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    public static Props Props(ModelServices services, IActorRef cache) =>
        Akka.Actor.Props.Create(() => new GenerationScheduler(services, cache)).WithDispatcher(WasmChordSettings.DispatcherPath);

    protected override void PostStop()
    {
        const string Why = "the scheduler of generations ended";
        FailAll(_isClosing ? GenerationFault.ModelClosed : GenerationFault.Internal, GenerationRefusal.ModelClosed, Why);
        if (!_isCleanedUp) CleanUp(tell: false);
        _thread.End();
        base.PostStop();
    }

    /// <summary>Goes on with whatever is next, unless something is under way.</summary>
    private void Advance()
    {
        ExpireRequests();
        if (_isBusy) return;
        if (_isClosing)
        {
            if (!_isCleanedUp) CleanUp(tell: true);
            return;
        }

        if (_requests.Count == 0)
        {
            BecomeIdle();
            return;
        }

        Timers.Cancel(RestTick.Instance);
        if (_stage == Stage.Cold) Open();
        else if (_stage == Stage.Ready) StartWave();
        else if (_requests.Values.Any(r => r.PromptCount > 0)) PrepareScratch(); // Others are being encoded still.
    }

    private void BecomeIdle()
    {
        if (_stage == Stage.Cold || Timers.IsTimerActive(RestTick.Instance)) return;
        _source.ReturnAll();
        TrimKv();
        Timers.StartSingleTimer(RestTick.Instance, RestTick.Instance, _settings.RestAfter);
    }

    private void OnClose()
    {
        _isClosing = true;
        FailAll(GenerationFault.ModelClosed, GenerationRefusal.ModelClosed, $"{_services.Path} is being closed");
        if (_reservation is not null) _isBusy = false; // The model's actor no longer answers; what it has granted goes with its account.
        Advance();
    }

    /// <summary>Frees everything on the wave's thread, when what it does now is through, then what was reserved for it.</summary>
    private void CleanUp(bool tell)
    {
        _isCleanedUp = true;
        CancelWave();
        _source.Wake();
        ModelRuntime? runtime = _runtime;
        ActorLayerSource source = _source;
        ModelMemory memory = _services.Memory;
        IActorRef parent = Context.Parent;
        (long constants, long scratch, long kv) = (_constantBytes, _scratchBytes, _kvBytes);
        (_constantBytes, _scratchBytes, _kvBytes) = (0, 0, 0);
        GenerationRequest[] requests = [.. _requests.Values, .. _inWave];
        SessionStore sessions = _sessions;
        _thread.Post(() =>
        {
            source.Dispose();
            foreach (GenerationRequest request in requests)
            {
                request.Sequence?.Dispose();
                request.Processor?.Dispose();
            }

            while (sessions.TryForgetOldest()) { }
            runtime?.Dispose();
            memory.TryRelease(MemoryUse.Constants, constants);
            memory.TryRelease(MemoryUse.Scratch, scratch);
            memory.TryRelease(MemoryUse.KvCache, kv);
            parent.Tell(ModelSupervisor.MemoryReturned.Instance);
            return tell ? CleanedUp.Instance : null;
        }, Self);
    }

    /// <summary>The model's actor tells the scheduler to end: it stops when the wave thread has let go of everything.</summary>
    internal sealed record Close : INoSerializationVerificationNeeded
    {
        public static Close Instance { get; } = new();
    }

    private sealed record CleanedUp : INoSerializationVerificationNeeded
    {
        public static CleanedUp Instance { get; } = new();
    }

    private sealed record DeadlineTick : INoSerializationVerificationNeeded
    {
        public static DeadlineTick Instance { get; } = new();
    }

    private sealed record SessionTick : INoSerializationVerificationNeeded
    {
        public static SessionTick Instance { get; } = new();
    }

    private sealed record RestTick : INoSerializationVerificationNeeded
    {
        public static RestTick Instance { get; } = new();
    }
}
