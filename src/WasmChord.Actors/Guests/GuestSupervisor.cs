using Akka.Actor;
using Akka.Event;
using WasmChord.Memory64;
using static WasmChord.Actors.GuestProtocol;

namespace WasmChord.Actors;

/// <summary>
/// The guests of one model, one child each. A guest that fails ends alone; when its requester ends, it is stopped. Every
/// request is answered exactly once.
/// </summary>
internal sealed class GuestSupervisor : ReceiveActor
{
    private readonly ModelServices _services;
    private readonly GuestSettings _settings;
    private readonly GuestEngines _engines;
    private readonly GuestLine _line;
    private readonly IActorRef _cache;
    private readonly IActorRef _region;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<GuestId, Running> _running = [];
    private readonly Dictionary<IActorRef, GuestId> _idOf = [];
    private readonly Dictionary<GuestEnd, long> _ended = [];
    private GuestImage? _image;
    private long _refused;
    private long _last;
    private bool _hasFailed;

    public GuestSupervisor(ModelServices services, GuestSettings settings, GuestEngines engines, GuestLine line, IActorRef cache, IActorRef region)
    {
        _services = services;
        _settings = settings;
        _engines = engines;
        _line = line;
        _cache = cache;
        _region = region;
        Receive<RunGuest>(OnRun);
        Receive<StopGuest>(m =>
        {
            if (_running.TryGetValue(m.Id, out Running? guest)) guest.Actor.Tell(GuestActor.Stop.Instance);
        });
        Receive<GetGuestStatistics>(_ => Sender.Tell(new GuestStatistics(
            _running.Count, new Dictionary<GuestEnd, long>(_ended), _refused, engines.Compilations, engines.CompiledHits)));
        Receive<GuestActor.Ended>(OnEnded);
        Receive<Terminated>(OnTerminated);
    }

    public static Props Props(ModelServices services, GuestSettings settings, GuestEngines engines, GuestLine line, IActorRef cache, IActorRef region) =>
        Akka.Actor.Props.Create(() => new GuestSupervisor(services, settings, engines, line, cache, region)).WithDispatcher(WasmChordSettings.DispatcherPath);

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreRestart(Exception reason, object message)
    {
        _hasFailed = true;
        base.PreRestart(reason, message);
    }

    protected override void PostStop()
    {
        foreach ((GuestId id, Running guest) in _running)
        {
            guest.Requester.Tell(_hasFailed
                ? new GuestRefused(id, GuestRefusal.Internal, $"the supervisor of guests of {_services.Path} failed, and starts again")
                : new GuestRefused(id, GuestRefusal.ModelClosed, $"{_services.Path} is being closed"));
        }

        base.PostStop();
    }

    private void OnRun(RunGuest m)
    {
        GuestLimits limits = m.Options.Limits ?? _settings.Limits;
        if (_running.ContainsKey(m.Id))
        {
            Refuse(GuestRefusal.DuplicateId, $"guest {m.Id} runs");
            return;
        }

        if (_running.Count >= _settings.MaxGuests)
        {
            Refuse(GuestRefusal.TooManyGuests, $"{_running.Count} guests run or wait, as many as may");
            return;
        }

        try
        {
            limits.Validated();
        }
        catch (ArgumentException e)
        {
            Refuse(GuestRefusal.InvalidOption, e.Message);
            return;
        }

        _image ??= new GuestImage(_services.Model.Tensors, _services.Layout, _services.Model.Files[0].Alignment);
        GuestRun run = new(_engines, m.Module, m.Options, limits);
        IActorRef actor = Context.ActorOf(
            GuestActor.Props(_services, _image, _cache, _region, _line, run, limits, m.Options.Cancellation), $"guest-{++_last}");
        Context.Watch(actor);
        // The mailbox of an ask is not an actor: its end says nothing about who waits.
        bool isWatched = !LayerCacheActor.IsAsk(Sender) && !Sender.IsNobody();
        if (isWatched) Context.Watch(Sender);
        _running.Add(m.Id, new Running(actor, Sender));
        _idOf.Add(actor, m.Id);

        void Refuse(GuestRefusal reason, string text)
        {
            _refused++;
            Sender.Tell(new GuestRefused(m.Id, reason, text));
        }
    }

    private void OnEnded(GuestActor.Ended m)
    {
        if (!_idOf.Remove(Sender, out GuestId id)) return;
        if (m.Result is { } result)
        {
            _ended[result.End] = _ended.GetValueOrDefault(result.End) + 1;
            Answer(id, new GuestEnded(id, result));
            return;
        }

        _refused++;
        GuestRefusal reason = m.Failure switch
        {
            GuestModuleException => GuestRefusal.BadModule,
            PlatformNotSupportedException => GuestRefusal.NotSupported,
            _ => GuestRefusal.InvalidOption,
        };
        if (reason == GuestRefusal.InvalidOption) _log.Error(m.Failure, "Guest {0} of {1} could not be run", id, _services.Path);
        Answer(id, new GuestRefused(id, reason, m.Failure!.Message));
    }

    private void OnTerminated(Terminated m)
    {
        if (_idOf.Remove(m.ActorRef, out GuestId id))
        {
            Answer(id, new GuestRefused(id, GuestRefusal.Internal, "the guest's actor failed"));
            return;
        }

        foreach (Running guest in _running.Values)
            if (guest.Requester.Equals(m.ActorRef)) guest.Actor.Tell(GuestActor.Stop.Instance);
    }

    private void Answer(GuestId id, IEvent answer)
    {
        if (!_running.Remove(id, out Running? guest)) return;
        guest.Requester.Tell(answer);
        if (!_running.Values.Any(other => other.Requester.Equals(guest.Requester))) Context.Unwatch(guest.Requester);
    }

    private sealed record Running(IActorRef Actor, IActorRef Requester);
}
