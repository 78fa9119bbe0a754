using System.Diagnostics;
using Akka.Actor;
using WasmChord.Actors;
using WasmChord.Gguf;
using WasmChord.Memory64;
using static WasmChord.Actors.LayerCacheProtocol;

namespace WasmChord.Cli;

/// <summary>
/// One requester: visits every layer once a pass, holds one lease at a time, and hashes what it reads through it on a
/// thread of the pool. States: asking (for a layer, or for a part of one that exceeds the budget) → reading → asking …
/// until all passes are done, or something fails.
/// </summary>
/// <remarks>
/// Behind each request it sends a query that is answered at once. The cache answers in the order of its mailbox, so a
/// lease that arrives before that answer was granted at once: everything was resident.
/// </remarks>
internal sealed class Requester : ReceiveActor
{
    // Enough to look beyond layers that are resident already, while which the storage would have nothing to do.
    private const int AnnouncedLayers = 8;

    // A slow disk is no reason to give up: whoever waits can press Ctrl-C.
    private static readonly TimeSpan s_timeout = TimeSpan.FromHours(1);

    private readonly RequesterPlan _plan;
    private readonly RequesterRecord _record;
    private readonly TaskCompletionSource _done;
    private readonly IActorRef _model;
    private int[] _layers = [];
    private int _pass = -1;
    private int _next;
    private IReadOnlyList<SegmentId[]>? _parts;
    private int _nextPart;
    private long _asked, _requests, _markers;
    private float _waited;
    private bool _wasResident;

    public Requester(RequesterPlan plan, RequesterRecord record, TaskCompletionSource done)
    {
        _plan = plan;
        _record = record;
        _done = done;
        _model = plan.Model.Actor;
        Receive<LayerLeased>(m => OnLeased(m.Lease));
        Receive<LayerRefused>(OnRefused);
        Receive<Statistics>(m =>
        {
            _markers++;
            // The first answer of the second pass tells what the first one took.
            if (_pass == 1 && _markers == _requests) _record.EndFirstPass(m.Cache.BytesRead);
        });
        Receive<HasRead>(_ => OnRead());
        Receive<Status.Failure>(m => Fail(m.Cause));
        Receive<Terminated>(_ => Fail(new ToolException("model_closed", "the model was closed while it was being read")));
    }

    private LayerId Layer => _plan.Model.Description.Layers[_layers[_next]];

    public static Props Props(RequesterPlan plan, RequesterRecord record, TaskCompletionSource done) =>
        Akka.Actor.Props.Create(() => new Requester(plan, record, done)).WithDispatcher(WasmChordSettings.DispatcherPath);

    protected override void PreStart()
    {
        base.PreStart();
        Context.Watch(_model);
        VisitNext();
    }

    protected override void PreRestart(Exception reason, object message) => Fail(reason);

    private void VisitNext()
    {
        if (_next == _layers.Length)
        {
            if (++_pass == _plan.Passes)
            {
                _done.TrySetResult();
                Context.Stop(Self);
                return;
            }

            _layers = _plan.LayersOf(_pass);
            _next = 0;
        }

        _parts = null;
        _waited = 0;
        _wasResident = true;
        Ask(new AcquireLayer(Layer));
        ReadAhead();
    }

    private void Ask(Acquire request)
    {
        _asked = Stopwatch.GetTimestamp();
        _requests++;
        _model.Tell(request with { Timeout = s_timeout });
        _model.Tell(new GetStatistics());
    }

    // What follows is read while this is used; the cache decides how much of it there is room for.
    private void ReadAhead()
    {
        IReadOnlyList<LayerId> layers = _plan.Model.Description.Layers;
        List<LayerId> following = [.. _layers.Skip(_next + 1).Take(AnnouncedLayers).Select(l => layers[l])];
        if (_plan.Order == VisitOrder.Scan && _pass + 1 < _plan.Passes)
            following.AddRange(layers.Take(Math.Min(AnnouncedLayers, layers.Count) - following.Count));
        if (following.Count > 0) _model.Tell(new Prefetch(following));
    }

    private void OnLeased(LayerLease lease)
    {
        _waited += (float)Stopwatch.GetElapsedTime(_asked).TotalMilliseconds;
        _wasResident &= _markers < _requests;
        Task.Run(() => Read(lease)).PipeTo(Self);
    }

    private HasRead Read(LayerLease lease)
    {
        using (lease)
        {
            if (!lease.TryRead(out LeaseReader reader))
                throw new ToolException("stale_generation", $"requester {_plan.Index}: the lease was taken back before it was read");
            using (reader) _record.Read(reader);
        }

        return HasRead.Instance;
    }

    private void OnRead()
    {
        if (_parts is not null && _nextPart < _parts.Count)
        {
            Ask(new AcquireSegments(_parts[_nextPart++]));
            return;
        }

        _record.Add(new LayerVisit(_layers[_next], _waited, _wasResident, _pass == 0, _parts is not null));
        _next++;
        VisitNext();
    }

    private void OnRefused(LayerRefused m)
    {
        if (m.Reason == RefusalReason.LayerExceedsBudget && _parts is null)
        {
            _parts = _plan.PartsOf(Layer);
            _nextPart = 1;
            _wasResident = true;
            Ask(new AcquireSegments(_parts[0]));
            return;
        }

        Fail(new LayerRefusedException(m.Reason, $"requester {_plan.Index}, {Layer}: {m.Text}"));
    }

    private void Fail(Exception cause)
    {
        _done.TrySetException(cause);
        Context.Stop(Self);
    }

    private sealed record HasRead : INoSerializationVerificationNeeded
    {
        public static HasRead Instance { get; } = new();
    }
}
