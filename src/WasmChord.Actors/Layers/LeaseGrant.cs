using Akka.Actor;
using WasmChord.Memory64;
using static WasmChord.Actors.LayerCacheProtocol;

namespace WasmChord.Actors;

/// <summary>
/// A lease with all that the cache needs around it: the hold on its memory, the answer to its requester, and, being one
/// itself, the message that it has become quiet. A requester that is known to keep nothing of a lease that it has
/// returned may bring its grant along with the next request: then a lease costs no memory.
/// </summary>
internal sealed class LeaseGrant : INoSerializationVerificationNeeded
{
    private ImageGeneration? _generation;
    private ImageHold? _hold;
    private IActorRef _cache = ActorRefs.Nobody;
    private LayerLease? _lease;
    private LayerLeased? _answer;
    private bool _isOut;

    /// <summary>True while nothing refers to the lease: at first, and from when the cache has been told that it is quiet.</summary>
    /// <remarks>
    /// What is asked for after this was seen stands behind the message of quietness in the cache's mailbox, even one that
    /// has restarted: an old message can never be taken for the end of a new lease.
    /// </remarks>
    public bool IsFree => !Volatile.Read(ref _isOut);

    /// <summary>The lease, once one was opened.</summary>
    public LayerLease Lease => _lease!;

    /// <summary>What the requester is told, once a lease was opened.</summary>
    public LayerLeased Answer => _answer!;

    /// <summary>Withdraws requests that bring this grant along.</summary>
    public LeaseCancellation Cancellation { get; } = new();

    /// <summary>Opens the lease, for the cache. False when the generation has ended: then the caller revokes it at once.</summary>
    /// <param name="cache">Is told this object when the lease has become quiet.</param>
    /// <param name="id">Its id.</param>
    /// <param name="generation">The region's generation.</param>
    /// <param name="segments">What it covers, ids ascending.</param>
    public bool TryOpen(IActorRef cache, LeaseId id, ImageGeneration generation, ReadOnlySpan<Segment> segments)
    {
        Volatile.Write(ref _isOut, true);
        _cache = cache;
        bool isHeld = TryHold(generation, segments);
        if (_lease is null)
        {
            _lease = new LayerLease(id, generation.Number, segments, generation.Image, OnQuiet);
            _answer = new LayerLeased(_lease);
        }
        else
        {
            _lease.Renew(id, generation.Number, segments, generation.Image);
        }

        return isHeld;
    }

    private bool TryHold(ImageGeneration generation, ReadOnlySpan<Segment> segments)
    {
        if (_hold is { } hold && _generation == generation) return generation.TryRenew(hold, segments);
        _generation = generation;
        _hold = generation.TryHold(segments);
        return _hold is not null;
    }

    private void OnQuiet(LayerLease lease)
    {
        _hold?.Dispose();
        _cache.Tell(this, ActorRefs.NoSender);
        Volatile.Write(ref _isOut, false);
    }
}
