using Akka.Actor;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// What is said to the layer cache of a model. Requesters say it to the model's actor, which passes it on: its address
/// survives restarts. Nothing here leaves the process: leases are handles on local memory.
/// </summary>
public static class LayerCacheProtocol
{
    /// <summary>Something to be done.</summary>
    public interface ICommand : INoSerializationVerificationNeeded;

    /// <summary>Something to be told.</summary>
    public interface IQuery : INoSerializationVerificationNeeded;

    /// <summary>An answer.</summary>
    public interface IEvent : INoSerializationVerificationNeeded;

    /// <summary>
    /// A requester asks to read segments; the answer is exactly one <see cref="LayerLeased"/> or
    /// <see cref="LayerRefused"/>, sent to the sender. While the holder has a lease or an open request, a second one is
    /// refused: state everything in one.
    /// </summary>
    public abstract record Acquire : ICommand
    {
        /// <summary>How long to wait; null for the setting <c>acquire-timeout</c>.</summary>
        public TimeSpan? Timeout { get; init; }

        /// <summary>
        /// Who holds the lease: it is watched, and its leases are taken back when it ends. Null for the sender; the
        /// sender of an ask cannot be watched, its lease ends after <c>unwatched-lease-timeout</c> at the latest.
        /// </summary>
        public IActorRef? Holder { get; init; }

        /// <summary>
        /// False to be refused as <see cref="RefusalReason.WouldWait"/> rather than wait for memory: for requesters that hold
        /// leases through other holders, who must not wait for each other.
        /// </summary>
        public bool MayWait { get; init; } = true;

        /// <summary>Withdraws the request while it waits: it is refused as cancelled. A lease that was granted stays.</summary>
        public CancellationToken Cancellation { get; init; }
    }

    /// <summary>Asks for all segments of a layer.</summary>
    /// <param name="Layer">Which layer.</param>
    public sealed record AcquireLayer(LayerId Layer) : Acquire;

    /// <summary>Asks for all segments of several layers under one lease.</summary>
    /// <param name="Layers">Which layers.</param>
    public sealed record AcquireLayers(IReadOnlyList<LayerId> Layers) : Acquire;

    /// <summary>Asks for all segments of one tensor.</summary>
    /// <param name="Name">Its name.</param>
    public sealed record AcquireTensor(string Name) : Acquire;

    /// <summary>Asks for single segments: the way through a layer that exceeds the budget.</summary>
    /// <param name="Segments">Which segments of the model's image.</param>
    public sealed record AcquireSegments(IReadOnlyList<SegmentId> Segments) : Acquire;

    /// <summary>
    /// A requester announces what it will ask for next, in order; a hint, not answered. What does not fit the read-ahead
    /// at once is read as room comes, until the next announcement.
    /// </summary>
    /// <param name="Layers">The layers, soonest first.</param>
    public sealed record Prefetch(IReadOnlyList<LayerId> Layers) : ICommand;

    /// <summary>The same, by segment.</summary>
    /// <param name="Segments">The segments, soonest first.</param>
    public sealed record PrefetchSegments(IReadOnlyList<SegmentId> Segments) : ICommand
    {
        /// <summary>Bytes that may be there and not used yet; what the setting <c>read-ahead</c> allows is the most.</summary>
        public long MostBytes { get; init; } = long.MaxValue;
    }

    /// <summary>A scheduler announces the order in which it visits layers, for the eviction policy; not answered.</summary>
    /// <param name="Layers">The layers, in order.</param>
    /// <param name="IsCyclic">Whether the order repeats.</param>
    public sealed record DeclareOrder(IReadOnlyList<LayerId> Layers, bool IsCyclic) : ICommand;

    /// <summary>The same, by segment: what a wave does not load whole (an embedding read by row) is not in it; not answered.</summary>
    /// <param name="Segments">The segments, in order.</param>
    /// <param name="IsCyclic">Whether the order repeats.</param>
    public sealed record DeclareSegmentOrder(IReadOnlyList<SegmentId> Segments, bool IsCyclic) : ICommand;

    /// <summary>The scheduler's declared order no longer holds; not answered.</summary>
    public sealed record EndOrder : ICommand;

    /// <summary>Asks for <see cref="Statistics"/>.</summary>
    public sealed record GetStatistics : IQuery;

    /// <summary>The lease; whoever receives it returns it by disposing it.</summary>
    /// <param name="Lease">The right to read.</param>
    public sealed record LayerLeased(LayerLease Lease) : IEvent;

    /// <summary>The request is refused, and nothing is held.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Text">Why, for people, with the numbers.</param>
    public sealed record LayerRefused(RefusalReason Reason, string Text) : IEvent;

    /// <summary>The cache's counters and the region's, at one moment.</summary>
    /// <param name="Cache">Hits, misses, evictions, bytes.</param>
    /// <param name="Generation">The region generation that they belong to.</param>
    public sealed record Statistics(CacheStatistics Cache, long Generation) : IEvent;
}
