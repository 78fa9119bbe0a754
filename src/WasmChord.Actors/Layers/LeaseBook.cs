using Akka.Actor;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// Who asked for what, and who holds what: the open requests, the leases that are out, and their owners, each known by
/// the actor that is watched for it. An owner without requests and leases is forgotten, and unwatched, when as many others
/// as are remembered have come to rest after it: a wave's holders ask again at once, and watching costs messages.
/// </summary>
internal sealed class LeaseBook(Action<IActorRef> watch, Action<IActorRef> unwatch)
{
    private const int RememberedOwners = 8;

    private readonly Dictionary<RequestId, Request> _requests = [];
    private readonly Dictionary<LeaseId, (LayerLease Lease, OwnerId Owner)> _leases = [];
    private readonly Dictionary<IActorRef, OwnerId> _ownerOf = [];
    private readonly Dictionary<OwnerId, Owner> _owners = [];
    private readonly Owner?[] _resting = new Owner?[RememberedOwners]; // some may be busy again by now
    private int _nextResting;
    private long _lastRequest;
    private long _lastOwner;

    /// <summary>The leases that are out.</summary>
    public IEnumerable<LayerLease> Leases => _leases.Values.Select(l => l.Lease);

    /// <summary>Notes a request.</summary>
    /// <param name="replyTo">Who gets the answer.</param>
    /// <param name="holder">Who is watched; null for a holder that cannot be.</param>
    /// <param name="place">Where the lease is to be opened; null for a new one.</param>
    public (RequestId Request, OwnerId Owner) Open(IActorRef replyTo, IActorRef? holder, LeaseGrant? place = null)
    {
        RequestId request = new(++_lastRequest);
        OwnerId owner;
        if (holder is null || !_ownerOf.TryGetValue(holder, out owner))
        {
            owner = new OwnerId(++_lastOwner);
            _owners.Add(owner, new Owner(owner, holder));
            if (holder is not null)
            {
                _ownerOf.Add(holder, owner);
                watch(holder);
            }
        }

        _owners[owner].Count++;
        _requests.Add(request, new Request(replyTo, owner, place));
        return (request, owner);
    }

    /// <summary>Ties a registration for cancellation to a request: it ends with the request.</summary>
    public void Attach(RequestId request, CancellationTokenRegistration registration) =>
        _requests[request] = _requests[request] with { Registration = registration };

    /// <summary>Where the lease of an open request is to be opened; null for a new one.</summary>
    public LeaseGrant? PlaceOf(RequestId request) => _requests[request].Place;

    /// <summary>Ends a request with a refusal; tells whom to answer.</summary>
    public IActorRef Refuse(RequestId request)
    {
        _requests.Remove(request, out Request open);
        open.Registration.Unregister();
        Settle(open.Owner);
        return open.ReplyTo;
    }

    /// <summary>Ends a request with a lease; tells whom to answer, and whether its holder is watched.</summary>
    public (IActorRef ReplyTo, bool IsWatched) Grant(RequestId request, LeaseGrant grant)
    {
        _requests.Remove(request, out Request open);
        open.Registration.Unregister();
        _leases.Add(grant.Lease.Id, (grant.Lease, open.Owner));
        return (open.ReplyTo, _owners[open.Owner].Holder is not null);
    }

    /// <summary>Forgets a lease that is quiet; false when it was forgotten before.</summary>
    public bool Forget(LeaseId lease)
    {
        if (!_leases.Remove(lease, out (LayerLease Lease, OwnerId Owner) entry)) return false;
        Settle(entry.Owner);
        return true;
    }

    /// <summary>The lease with this id, while it is out.</summary>
    public LayerLease? Find(LeaseId lease) => _leases.TryGetValue(lease, out (LayerLease Lease, OwnerId Owner) entry) ? entry.Lease : null;

    /// <summary>The owner behind a holder that has ended.</summary>
    public OwnerId? OwnerOf(IActorRef holder) => _ownerOf.TryGetValue(holder, out OwnerId owner) ? owner : null;

    /// <summary>Whom to answer when everything ends: one entry an open request.</summary>
    public IEnumerable<IActorRef> OpenRequests => _requests.Values.Select(r => r.ReplyTo);

    /// <summary>Ends every registration for cancellation; the book is not used after that.</summary>
    public void Close()
    {
        foreach (Request request in _requests.Values) request.Registration.Unregister();
    }

    /// <summary>A holder has ended: it is forgotten as soon as its last request or lease ends.</summary>
    public void HolderGone(IActorRef holder)
    {
        if (!_ownerOf.TryGetValue(holder, out OwnerId id) || !_owners.TryGetValue(id, out Owner? owner)) return;
        owner.IsGone = true;
        if (owner.Count == 0) Forget(owner);
    }

    private void Settle(OwnerId id)
    {
        if (!_owners.TryGetValue(id, out Owner? owner) || --owner.Count > 0) return;
        if (owner.Holder is null || owner.IsGone) Forget(owner);
        else if (!owner.IsRemembered) Remember(owner);
    }

    private void Remember(Owner owner)
    {
        Owner? earlier = _resting[_nextResting];
        _resting[_nextResting] = owner;
        _nextResting = (_nextResting + 1) % _resting.Length;
        owner.IsRemembered = true;
        if (earlier is null) return;
        earlier.IsRemembered = false;
        if (earlier.Count == 0) Forget(earlier);
    }

    private void Forget(Owner owner)
    {
        if (!_owners.Remove(owner.Id) || owner.Holder is null) return;
        _ownerOf.Remove(owner.Holder);
        unwatch(owner.Holder);
    }

    private readonly record struct Request(
        IActorRef ReplyTo, OwnerId Owner, LeaseGrant? Place, CancellationTokenRegistration Registration = default);

    private sealed class Owner(OwnerId id, IActorRef? holder)
    {
        public OwnerId Id { get; } = id;

        public IActorRef? Holder { get; } = holder;

        /// <summary>Open requests and leases.</summary>
        public int Count { get; set; }

        /// <summary>Whether it is among those that are remembered when they come to rest.</summary>
        public bool IsRemembered { get; set; }

        /// <summary>Whether the holder has ended.</summary>
        public bool IsGone { get; set; }
    }
}
