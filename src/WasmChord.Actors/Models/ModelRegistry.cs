using Akka.Actor;
using Akka.Event;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// The top of the extension's actors: one <see cref="ModelSupervisor"/> a model that is open, or being opened. It also
/// answers requests for layers that reach nobody, because the model was closed or one of its actors has just ended:
/// every request gets a reply.
/// </summary>
internal sealed class ModelRegistry : ReceiveActor
{
    private readonly Dictionary<IActorRef, IActorRef> _requesters = [];
    private readonly Dictionary<IActorRef, EarlierLife> _lives = [];
    private long _lastModel;

    public ModelRegistry(WasmChordSettings settings, BudgetLedger ledger, NodeMemory memory)
    {
        Receive<ModelProtocol.OpenModel>(m =>
        {
            ModelSettings model;
            try
            {
                model = m.Options.Apply(settings.Model);
                settings.Require(model);
            }
            catch (Exception e) when (e is Akka.Configuration.ConfigurationException or ArgumentException)
            {
                Sender.Tell(new ModelProtocol.ModelRefused(ModelRefusal.BadSettings, e.Message));
                return;
            }

            EarlierLife earlier = new();
            IActorRef supervisor = Context.ActorOf(ModelSupervisor.Props(m.Path, m.Options, model, ledger, memory, earlier), $"model-{++_lastModel}");
            _lives.Add(supervisor, earlier);
            _requesters.Add(supervisor, Sender);
            Context.Watch(supervisor);
        });
        Receive<ModelProtocol.ModelOpened>(Answer);
        Receive<ModelProtocol.ModelRefused>(Answer);
        Receive<DeadLetter>(m =>
        {
            string ended = $"{m.Recipient.Path} has ended";
            if (m.Message is LayerCacheProtocol.Acquire) m.Sender.Tell(new LayerCacheProtocol.LayerRefused(RefusalReason.ShuttingDown, ended));
            else if (m.Message is GenerationProtocol.Generate generate)
                m.Sender.Tell(new GenerationProtocol.GenerationRefused(generate.Id, GenerationRefusal.ModelClosed, ended));
            else if (m.Message is GuestProtocol.RunGuest guest)
                m.Sender.Tell(new GuestProtocol.GuestRefused(guest.Id, GuestRefusal.ModelClosed, ended));
            else if (m.Message is ModelProtocol.CloseModel) m.Sender.Tell(new ModelProtocol.ModelClosed());
            else if (m.Message is ModelProtocol.ResizeBudget) m.Sender.Tell(new ModelProtocol.BudgetRefused(ended));
            else if (m.Message is RegionProtocol.Committed committed) committed.Load.Dispose();
        });
        Receive<Terminated>(m =>
        {
            // It may have been stopped in the middle of a restart, before its next life began.
            if (_lives.Remove(m.ActorRef, out EarlierLife? earlier)) earlier.Settle();
            if (_requesters.Remove(m.ActorRef, out IActorRef? requester))
                requester.Tell(new ModelProtocol.ModelRefused(ModelRefusal.CannotRead, "the model's actor ended while it was being opened"));
        });
    }

    public static Props Props(WasmChordSettings settings, BudgetLedger ledger, NodeMemory memory) =>
        Akka.Actor.Props.Create(() => new ModelRegistry(settings, ledger, memory)).WithDispatcher(WasmChordSettings.DispatcherPath);

    protected override void PreStart()
    {
        base.PreStart();
        Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        maxNrOfRetries: 10,
        withinTimeRange: TimeSpan.FromMinutes(1),
        decider: Decider.From(e => e is ActorInitializationException ? Directive.Stop : Directive.Restart));

    // A model that opens again after a fault has nobody who waits for it.
    private void Answer(ModelProtocol.IEvent answer)
    {
        if (_requesters.Remove(Sender, out IActorRef? requester)) requester.Tell(answer);
    }
}
