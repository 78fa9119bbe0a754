using Akka.Actor;
using Akka.Dispatch;
using Akka.Streams;
using Akka.Streams.Stage;
using WasmChord.Gguf;
using WasmChord.Memory64;
using static WasmChord.Actors.LayerCacheProtocol;

namespace WasmChord.Actors;

/// <summary>
/// The stage behind <see cref="StreamedModel.UseLayers{T}"/>. Each pull: acquire → function on the use dispatcher →
/// return the lease → push. The stage's own actor holds the lease, so whatever ends the stage returns it; a function
/// that is still reading then keeps the pages until it lets go.
/// </summary>
internal sealed class LayerSource<T> : GraphStage<SourceShape<T>>
{
    private const int SegmentsAhead = 8;

    private readonly IActorRef _model;
    private readonly IReadOnlyList<Acquire> _requests;
    private readonly IReadOnlyList<LayerId> _layers;
    private readonly LayerFunction<T> _function;
    private readonly TimeSpan _useTimeout;
    private readonly Outlet<T> _out = new("LayerSource.out");

    /// <summary>Creates the stage.</summary>
    /// <param name="model">The model's actor.</param>
    /// <param name="requests">What to ask for, in order.</param>
    /// <param name="layers">The layer of each request.</param>
    /// <param name="function">What to do with it.</param>
    /// <param name="useTimeout">How long the function may hold it.</param>
    public LayerSource(
        IActorRef model, IReadOnlyList<Acquire> requests, IReadOnlyList<LayerId> layers, LayerFunction<T> function, TimeSpan useTimeout)
    {
        _model = model;
        _requests = requests;
        _layers = layers;
        _function = function;
        _useTimeout = useTimeout;
        Shape = new SourceShape<T>(_out);
    }

    public override SourceShape<T> Shape { get; }

    // What comes after is read while this is used: the next layer, or the next few segments.
    private ICommand? Following(int index)
    {
        if (index + 1 >= _requests.Count) return null;
        if (_requests[index] is AcquireLayer) return new Prefetch([_layers[index + 1]]);
        SegmentId[] next = [.. _requests.Skip(index + 1).Take(SegmentsAhead).OfType<AcquireSegments>().SelectMany(r => r.Segments)];
        return new PrefetchSegments(next);
    }

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : TimerGraphStageLogic
    {
        private const string UseTimer = "use";

        private readonly LayerSource<T> _stage;
        private Action<Used>? _onUsed;
        private StageActor? _self;
        private LayerLease? _lease;
        private int _index;

        public Logic(LayerSource<T> stage) : base(stage.Shape)
        {
            _stage = stage;
            SetHandler(stage._out, onPull: RequestNext);
        }

        public override void PreStart()
        {
            _onUsed = GetAsyncCallback<Used>(OnUsed);
            _self = GetStageActor(OnMessage);
            _self.Watch(_stage._model);
            if (_stage._requests.Count == 0) CompleteStage();
        }

        public override void PostStop() => _lease?.Dispose();

        protected override void OnTimer(object timerKey) => FailStage(new TimeoutException(
            $"the function held {_stage._layers[_index]} for longer than use-timeout = {_stage._useTimeout}"));

        private void RequestNext()
        {
            StageActor self = _self!;
            _stage._model.Tell(_stage._requests[_index] with { Holder = self.Ref }, self.Ref);
            if (_stage.Following(_index) is { } hint) _stage._model.Tell(hint, self.Ref);
        }

        private void OnMessage((IActorRef Sender, object Message) args)
        {
            switch (args.Message)
            {
                case LayerLeased leased:
                    Use(leased.Lease);
                    break;
                case LayerRefused refused:
                    FailStage(new LayerRefusedException(refused.Reason, refused.Text));
                    break;
                case Terminated:
                    FailStage(new LayerRefusedException(RefusalReason.ShuttingDown, "the model was closed"));
                    break;
            }
        }

        private void Use(LayerLease lease)
        {
            _lease = lease;
            ScheduleOnce(UseTimer, _stage._useTimeout);
            MessageDispatcher dispatcher = ((ActorMaterializer)Materializer).System.Dispatchers.Lookup(WasmChordSettings.UseDispatcherPath);
            dispatcher.Schedule(new Work(lease, _stage._layers[_index], _stage._function, _onUsed!));
        }

        private void OnUsed(Used used)
        {
            CancelTimer(UseTimer);
            _lease = null;
            if (used.Failure is not null)
            {
                FailStage(used.Failure);
                return;
            }

            _index++;
            Push(_stage._out, used.Result!);
            if (_index == _stage._requests.Count) CompleteStage();
        }
    }

    private sealed record Used(T? Result, Exception? Failure);

    private sealed class Work(LayerLease lease, LayerId layer, LayerFunction<T> function, Action<Used> done) : IRunnable
    {
        public void Run()
        {
            Used used;
            try
            {
                if (lease.TryRead(out LeaseReader reader))
                {
                    using (reader) used = new Used(function(layer, reader.View), null);
                }
                else
                {
                    used = new Used(default, new LayerRefusedException(RefusalReason.StaleGeneration, $"the lease of {layer} was taken back"));
                }
            }
            catch (Exception e)
            {
                used = new Used(default, e);
            }

            lease.Dispose();
            done(used);
        }

        public void Execute() => Run();
    }
}
