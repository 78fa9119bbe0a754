using Akka.Actor;
using Akka.Dispatch;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace WasmChord.Actors;

/// <summary>
/// The way of a load: a bounded queue, reading on the I/O dispatcher, finishing (verify, decode) on the decode dispatcher,
/// then back to the layer cache. Elements are handles that the cache's table owns; what goes wrong with one travels with
/// it and never fails the stream.
/// </summary>
internal static class LoadFlow
{
    /// <summary>The stream has ended; while the cache lives this is a fault.</summary>
    /// <param name="Generation">The region generation it served.</param>
    /// <param name="Cause">Why; null when it completed.</param>
    public sealed record Ended(long Generation, Exception? Cause) : INoSerializationVerificationNeeded;

    /// <summary>Starts the flow; loads come back to <paramref name="cache"/> as messages (<see cref="LoadStep"/>).</summary>
    public static LoadLine Start(IMaterializer materializer, ActorSystem system, ModelSettings settings, long generation, IActorRef cache)
    {
        MessageDispatcher io = system.Dispatchers.Lookup(WasmChordSettings.IoDispatcherPath);
        MessageDispatcher decode = system.Dispatchers.Lookup(WasmChordSettings.DecodeDispatcherPath);
        return Source.FromGraph(new LoadStage(() => new LoadLine(settings, io, decode), cache))
            .To(Sink.OnComplete<LoadStep>(
                () => cache.Tell(new Ended(generation, null), ActorRefs.NoSender),
                cause => cache.Tell(new Ended(generation, cause), ActorRefs.NoSender)))
            .Run(materializer);
    }
}
