using Akka;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Streams;
using Akka.Streams.Dsl;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// The way of a load: a bounded queue, reading on the I/O dispatcher, finishing (verify, decode) on the decode dispatcher,
/// then back to the layer cache, acknowledged. Elements are handles that the cache's table owns; what goes wrong with
/// one travels in its outcome and never fails the stream.
/// </summary>
internal static class LoadFlow
{
    /// <summary>The stream is connected.</summary>
    public sealed record Connected : INoSerializationVerificationNeeded
    {
        public static Connected Instance { get; } = new();
    }

    /// <summary>The cache acknowledges an outcome.</summary>
    public sealed record Acknowledge : INoSerializationVerificationNeeded
    {
        public static Acknowledge Instance { get; } = new();
    }

    /// <summary>The stream has ended; while the cache lives this is a fault.</summary>
    /// <param name="Generation">The region generation it served.</param>
    /// <param name="Cause">Why; null when it completed.</param>
    public sealed record Ended(long Generation, Exception? Cause) : INoSerializationVerificationNeeded;

    /// <summary>What became of a load.</summary>
    /// <param name="Load">The load.</param>
    /// <param name="Failure">What went wrong; null when the segment is in place.</param>
    public sealed record Outcome(SegmentLoad Load, Exception? Failure) : INoSerializationVerificationNeeded;

    /// <summary>Starts the flow; outcomes go to <paramref name="cache"/>.</summary>
    public static ISourceQueueWithComplete<SegmentLoad> Start(
        IMaterializer materializer, ActorSystem system, ModelServices services, long generation, IActorRef cache)
    {
        SegmentLoader loader = services.Loader;
        ModelSettings settings = services.Settings;
        MessageDispatcher io = system.Dispatchers.Lookup(WasmChordSettings.IoDispatcherPath);
        MessageDispatcher decode = system.Dispatchers.Lookup(WasmChordSettings.DecodeDispatcherPath);
        Sink<Outcome, NotUsed> back = Sink.ActorRefWithAck<Outcome>(
            cache, Connected.Instance, Acknowledge.Instance, new Ended(generation, null), e => new Ended(generation, e));
        return Source.Queue<SegmentLoad>(settings.MaxLoads, OverflowStrategy.Backpressure)
            .SelectAsyncUnordered(settings.IoParallelism, load => LoadStep.Run(io, loader, load, LoadStep.Stage.Read))
            .SelectAsyncUnordered(settings.DecodeParallelism, step => step.Failure is null
                ? LoadStep.Run(decode, loader, step.Load, LoadStep.Stage.Finish)
                : Task.FromResult(step))
            .To(back)
            .Run(materializer);
    }
}
