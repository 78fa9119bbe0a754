using Akka.Actor;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// One guest: waits for the region's mappings, hands the guest to a thread of the guest dispatcher, and tells how it
/// ended. However this actor ends, the guest is told to stop, and its leases are taken back: it holds them through
/// children. States: preparing → running → ended.
/// </summary>
internal sealed class GuestActor : ReceiveActor
{
    private readonly GuestRun _run;
    private readonly CancellationTokenRegistration _registration;

    public GuestActor(ModelServices services, GuestImage image, IActorRef cache, IActorRef region, GuestRun run, GuestLimits limits, CancellationToken cancellation)
    {
        _run = run;
        // One for each layer that it may hold, and one for what it copies from.
        int leases = Math.Min(limits.Leases, services.Layout.Segments.Layers.Count);
        IActorRef[] holders = [.. Enumerable.Range(0, leases + 1).Select(_ => Context.ActorOf(Akka.Actor.Props.Empty))];
        ActorSystem system = Context.System;
        if (cancellation.CanBeCanceled) _registration = cancellation.UnsafeRegister(static s => ((GuestRun)s!).Stop(), run);
        region.Tell(new RegionProtocol.GetMappings());

        Receive<RegionProtocol.Mappings>(m =>
        {
            ActorGuestWeights weights = new(system, services, image, cache, m.Regions, holders);
            IoTask<GuestResult>.Run(system.Dispatchers.Lookup(WasmChordSettings.GuestDispatcherPath), () => run.Run(weights))
                .PipeTo(Self, success: result => new Ended(result, null), failure: e => new Ended(null, e));
        });
        Receive<Stop>(_ => run.Stop());
        Receive<Ended>(m =>
        {
            Context.Parent.Tell(m);
            Context.Stop(Self);
        });
    }

    public static Props Props(
        ModelServices services, GuestImage image, IActorRef cache, IActorRef region, GuestRun run, GuestLimits limits, CancellationToken cancellation) =>
        Akka.Actor.Props.Create(() => new GuestActor(services, image, cache, region, run, limits, cancellation)).WithDispatcher(WasmChordSettings.DispatcherPath);

    protected override void PostStop()
    {
        _registration.Dispose();
        _run.Stop();
        base.PostStop();
    }

    /// <summary>The supervisor wants it to stop.</summary>
    internal sealed record Stop : INoSerializationVerificationNeeded
    {
        public static Stop Instance { get; } = new();
    }

    /// <summary>It has ended: with a result, or because it could not run.</summary>
    internal sealed record Ended(GuestResult? Result, Exception? Failure) : INoSerializationVerificationNeeded;
}
