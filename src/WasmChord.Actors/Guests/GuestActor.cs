using Akka.Actor;
using Akka.Event;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// One guest: waits for the region's mappings, then for a thread of the guest dispatcher, and tells how it ended. However
/// this actor ends, the guest is told to stop, and its leases are taken back: it holds them through children. One that is
/// told to stop before its call has begun is answered at once, whatever its thread does. States: preparing → queued →
/// running → ended; running → preparing, when the region restarted before the guest was linked to it; any → ended.
/// </summary>
internal sealed class GuestActor : ReceiveActor
{
    private readonly IActorRef _region;
    private readonly GuestLine _line;
    private readonly GuestRun _run;
    private readonly IActorRef _self; // threads tell it, and know nothing of contexts
    private readonly Func<IReadOnlyList<RegionMapping>, IGuestWeights> _weights;
    private readonly CancellationTokenRegistration _registration;
    private long _generation;
    private GuestResult? _unlinked;
    private LinkedListNode<Action>? _place;
    private IGuestWeights? _unused;

    public GuestActor(ModelServices services, GuestImage image, IActorRef cache, IActorRef region, GuestLine line, GuestRun run, GuestLimits limits, CancellationToken cancellation)
    {
        _region = region;
        _line = line;
        _run = run;
        _self = Self;
        // One for each layer that it may hold, and one for what it copies from.
        int leases = Math.Min(limits.Leases, services.Layout.Segments.Layers.Count);
        IActorRef[] holders = [.. Enumerable.Range(0, leases + 1).Select(_ => Context.ActorOf(Akka.Actor.Props.Empty))];
        ActorSystem system = Context.System;
        _weights = regions => new ActorGuestWeights(system, services, image, cache, region, regions, holders);
        if (cancellation.CanBeCanceled) _registration = cancellation.UnsafeRegister(static s => ((IActorRef)s!).Tell(Stop.Instance), _self);
        region.Tell(new RegionProtocol.GetMappings());

        Receive<RegionProtocol.Mappings>(Queue);
        Receive<Stop>(_ =>
        {
            if (_run.Stop()) End(new Ended(GuestRun.StoppedBefore, null));
        });
        Receive<Ended>(m =>
        {
            _unused = null;
            if (m.Result is { End: GuestEnd.NotLinked } unlinked && _unlinked is null)
            {
                // Nothing of it has run. Its mappings may be those of a region that is no more.
                _unlinked = unlinked;
                _region.Tell(new RegionProtocol.GetMappings());
                return;
            }

            End(m);
        });
    }

    public static Props Props(
        ModelServices services, GuestImage image, IActorRef cache, IActorRef region, GuestLine line, GuestRun run, GuestLimits limits, CancellationToken cancellation) =>
        Akka.Actor.Props.Create(() => new GuestActor(services, image, cache, region, line, run, limits, cancellation)).WithDispatcher(WasmChordSettings.DispatcherPath);

    protected override void PostStop()
    {
        _registration.Dispose();
        _run.Stop();
        if (_place is not null && _line.TryLeave(_place)) _unused?.Dispose();
        base.PostStop();
    }

    private void Queue(RegionProtocol.Mappings m)
    {
        if (_unlinked is { } unlinked)
        {
            if (m.Generation == _generation)
            {
                End(new Ended(unlinked, null));
                return;
            }

            _unlinked = null;
        }

        _generation = m.Generation;
        IGuestWeights weights = _unused = _weights(m.Regions);
        _place = _line.Join(() => Run(weights));
    }

    // On a thread that may block.
    private void Run(IGuestWeights weights)
    {
        Ended ended;
        try
        {
            ended = new Ended(_run.Run(weights), null);
        }
        catch (Exception e)
        {
            ended = new Ended(null, e);
        }

        _self.Tell(ended);
    }

    private void End(Ended ended)
    {
        Context.Parent.Tell(ended);
        Context.Stop(Self);
    }

    /// <summary>It is to stop.</summary>
    internal sealed record Stop : INoSerializationVerificationNeeded
    {
        public static Stop Instance { get; } = new();
    }

    /// <summary>
    /// It has ended: with a result, or because it could not run. A thread tells it to this actor, which is gone where it
    /// was stopped before, and this actor to the supervisor.
    /// </summary>
    internal sealed record Ended(GuestResult? Result, Exception? Failure) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
