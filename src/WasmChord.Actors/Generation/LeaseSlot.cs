using Akka.Actor;
using WasmChord.Memory64;
using static WasmChord.Actors.LayerCacheProtocol;

namespace WasmChord.Actors;

/// <summary>
/// One request or lease at a time, asked for and awaited by a thread that may block. The lease's holder is an actor of
/// its own, so that the cache can watch it; the answer comes straight to the thread. States: free → asked → leased or
/// refused → free; a request that is abandoned while asked is withdrawn, and frees the slot when its answer comes.
/// </summary>
internal sealed class LeaseSlot : IDisposable
{
    private readonly object _monitor = new();
    private readonly IActorRef _cache;
    private readonly IActorRef _holder;
    private readonly ReplyRef _reply;
    private readonly bool _reusesLeases;
    private CancellationTokenSource _withdrawal = new();
    private AcquireAgain? _request;
    private State _state;
    private bool _abandoned;
    private LayerLease? _lease;
    private LayerRefused? _refusal;

    /// <summary>Creates a free slot.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="cache">The layer cache.</param>
    /// <param name="holder">An actor that holds no other lease; when it ends, the lease is taken back.</param>
    /// <param name="reusesLeases">
    /// Whether the next lease may be the object of the last one, opened again: only where nobody looks at a lease that was
    /// returned, not even at whether it has ended.
    /// </param>
    public LeaseSlot(ActorSystem system, IActorRef cache, IActorRef holder, bool reusesLeases = false)
    {
        _cache = cache;
        _reusesLeases = reusesLeases;
        _holder = holder;
        _reply = new ReplyRef(((ExtendedActorSystem)system).Provider, holder.Path / "lease", this);
    }

    private enum State
    {
        Free,
        Asked,
        Leased,
        Refused,
    }

    /// <summary>True when nothing was asked for, or everything was returned.</summary>
    public bool IsFree
    {
        get
        {
            lock (_monitor) return _state == State.Free;
        }
    }

    /// <summary>Asks; the slot must be free, or becoming so.</summary>
    /// <param name="segments">What to lease.</param>
    /// <param name="timeout">How long the cache may take.</param>
    /// <param name="mayWait">False to be refused rather than wait for memory.</param>
    /// <returns>False when an abandoned request has not been answered within <paramref name="timeout"/>.</returns>
    public bool TryAsk(IReadOnlyList<SegmentId> segments, TimeSpan timeout, bool mayWait = true)
    {
        lock (_monitor)
        {
            // The thread may be woken for other reasons meanwhile.
            long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
            while (_abandoned && !WaitWhile(State.Asked, TimeSpan.FromMilliseconds(Math.Max(0, deadline - Environment.TickCount64))))
                if (Environment.TickCount64 >= deadline) return false;
            if (_state != State.Free) throw new InvalidOperationException($"the slot is {_state}");
            _state = State.Asked;
        }

        _cache.Tell(RequestFor(segments, timeout, mayWait), _reply);
        return true;
    }

    // The last request's answer has come, so its message may be used again; its lease may be, too, unless somebody is still
    // inside. A request that was withdrawn takes both with it: the withdrawal itself may still be under way.
    private AcquireAgain RequestFor(IReadOnlyList<SegmentId> segments, TimeSpan timeout, bool mayWait)
    {
        if (_request is null || _request.Timeout != timeout || _request.MayWait != mayWait)
        {
            _request = new AcquireAgain { Place = _request?.Place ?? new LeaseGrant(), Holder = _holder, Timeout = timeout, MayWait = mayWait, Cancellation = _withdrawal.Token };
        }

        if (!_reusesLeases || !_request.Place.IsFree) _request.Place = new LeaseGrant();
        _request.Segments = segments;
        return _request;
    }

    /// <summary>Waits for the answer to the last request.</summary>
    /// <param name="timeout">How long at most.</param>
    /// <param name="lease">The lease; null when it was refused.</param>
    /// <param name="refusal">Why it was refused.</param>
    /// <param name="stop">Whoever cancels it also calls <see cref="Wake"/>: one that was cancelled is not waited with.</param>
    /// <returns>False when there is no answer yet.</returns>
    public bool TryWait(TimeSpan timeout, out LayerLease? lease, out LayerRefused? refusal, CancellationToken stop = default)
    {
        lock (_monitor)
        {
            // Looked at under the lock that waking takes: else the waking could come just before the wait, and be lost.
            bool answered = WaitWhile(State.Asked, stop.IsCancellationRequested ? TimeSpan.Zero : timeout);
            lease = _lease;
            refusal = _refusal;
            if (_state == State.Refused) Clear();
            return answered;
        }
    }

    /// <summary>Returns the lease, or withdraws the request; a free slot stays as it is.</summary>
    public void Return()
    {
        LayerLease? lease;
        lock (_monitor)
        {
            lease = _lease;
            if (_state == State.Asked) _abandoned = true;
            else Clear();
        }

        lease?.Dispose();
        if (!_abandoned) return;
        CancellationTokenSource withdrawal = _withdrawal;
        _withdrawal = new CancellationTokenSource();
        _request = null;
        withdrawal.Cancel();
        withdrawal.Dispose();
    }

    /// <summary>Wakes a thread that waits, without an answer.</summary>
    public void Wake()
    {
        lock (_monitor) Monitor.PulseAll(_monitor);
    }

    /// <summary>Returns the lease, or withdraws the request.</summary>
    public void Dispose() => Return();

    private bool WaitWhile(State state, TimeSpan timeout)
    {
        if (_state == state) Monitor.Wait(_monitor, timeout);
        return _state != state;
    }

    private void Clear()
    {
        _state = State.Free;
        _lease = null;
        _refusal = null;
        _abandoned = false;
    }

    private void OnAnswer(object message)
    {
        LayerLease? unwanted = null;
        lock (_monitor)
        {
            LayerLease? lease = (message as LayerLeased)?.Lease;
            if (_state != State.Asked)
            {
                unwanted = lease;
            }
            else if (_abandoned)
            {
                unwanted = lease;
                Clear();
            }
            else
            {
                _lease = lease;
                _refusal = message as LayerRefused ?? (lease is null ? new LayerRefused(RefusalReason.None, $"unexpected answer {message}") : null);
                _state = lease is null ? State.Refused : State.Leased;
            }

            Monitor.PulseAll(_monitor);
        }

        unwanted?.Dispose();
    }

    private sealed class ReplyRef(IActorRefProvider provider, ActorPath path, LeaseSlot slot) : MinimalActorRef
    {
        public override ActorPath Path { get; } = path;

        public override IActorRefProvider Provider { get; } = provider;

        protected override void TellInternal(object message, IActorRef sender) => slot.OnAnswer(message);
    }
}
