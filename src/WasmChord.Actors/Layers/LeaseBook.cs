using Akka.Actor;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// Who asked for what, and who holds what: the open requests, the leases that are out, and their owners, each known by
/// the actor that is watched for it. An owner is forgotten, and unwatched, when its last request or lease ends.
/// </summary>
internal sealed class LeaseBook(Action<IActorRef> watch, Action<IActorRef> unwatch)
{
    private readonly Dictionary<RequestId, Request> _requests = [];
    private readonly Dictionary<LeaseId, (LayerLease Lease, OwnerId Owner)> _leases = [];
    private readonly Dictionary<IActorRef, OwnerId> _ownerOf = [];
    private readonly Dictionary<OwnerId, Owner> _owners = [];
    private long _lastRequest;
    private long _lastOwner;

    /// <summary>The leases that are out.</summary>
    public IEnumerable<LayerLease> Leases => _leases.Values.Select(l => l.Lease);

    /// <summary>Notes a request.</summary>
    /// <param name="replyTo">Who gets the answer.</param>
    /// <param name="holder">Who is watched; null for a holder that cannot be.</param>
    public (RequestId Request, OwnerId Owner) Open(IActorRef replyTo, IActorRef? holder)
    {
        RequestId request = new(++_lastRequest);
        OwnerId owner;
        if (holder is null || !_ownerOf.TryGetValue(holder, out owner))
        {
            owner = new OwnerId(++_lastOwner);
            _owners.Add(owner, new Owner(holder));
            if (holder is not null)
            {
                _ownerOf.Add(holder, owner);
                watch(holder);
            }
        }

        _owners[owner].Count++;
        _requests.Add(request, new Request(replyTo, owner));
        return (request, owner);
    }

    /// <summary>Ties a registration for cancellation to a request: it ends with the request.</summary>
    public void Attach(RequestId request, CancellationTokenRegistration registration) =>
        _requests[request] = _requests[request] with { Registration = registration };

    /// <summary>Ends a request with a refusal; tells whom to answer.</summary>
    public IActorRef Refuse(RequestId request)
    {
        _requests.Remove(request, out Request open);
        open.Registration.Unregister();
        Settle(open.Owner);
        return open.ReplyTo;
    }

    /// <summary>Ends a request with a lease; tells whom to answer, and whether its holder is watched.</summary>
    public (IActorRef ReplyTo, bool IsWatched) Grant(RequestId request, LayerLease lease)
    {
        _requests.Remove(request, out Request open);
        open.Registration.Unregister();
        _leases.Add(lease.Id, (lease, open.Owner));
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

    private void Settle(OwnerId id)
    {
        if (!_owners.TryGetValue(id, out Owner? owner) || --owner.Count > 0) return;
        _owners.Remove(id);
        if (owner.Holder is null) return;
        _ownerOf.Remove(owner.Holder);
        unwatch(owner.Holder);
    }

    private readonly record struct Request(IActorRef ReplyTo, OwnerId Owner, CancellationTokenRegistration Registration = default);

    private sealed class Owner(IActorRef? holder)
    {
        public IActorRef? Holder { get; } = holder;

        /// <summary>Open requests and leases.</summary>
        public int Count { get; set; }
    }
}
