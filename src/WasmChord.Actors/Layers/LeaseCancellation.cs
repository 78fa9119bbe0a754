using Akka.Actor;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// Tells the cache that a request is withdrawn, being the message itself. May serve one request after another as long as
/// none of them was withdrawn: then the message may still be under way.
/// </summary>
internal sealed class LeaseCancellation : INoSerializationVerificationNeeded
{
    private IActorRef _cache = ActorRefs.Nobody;

    /// <summary>The book that the request stands in: one of a cache that has ended refused it then.</summary>
    public LeaseBook? Book { get; private set; }

    /// <summary>The request.</summary>
    public RequestId Request { get; private set; }

    /// <summary>Waits for a token; whoever ends the request unregisters.</summary>
    public CancellationTokenRegistration Register(CancellationToken token, IActorRef cache, LeaseBook book, RequestId request)
    {
        _cache = cache;
        Book = book;
        Request = request;
        return token.UnsafeRegister(static state => ((LeaseCancellation)state!).Tell(), this);
    }

    private void Tell() => _cache.Tell(this, ActorRefs.NoSender);
}
