using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Stage;
using static WasmChord.Actors.GenerationProtocol;

namespace WasmChord.Actors;

/// <summary>
/// The stage behind <see cref="StreamedModel.Generate"/>. Its own actor is the requester, so whatever ends the stage ends
/// the request. What the reader has not pulled waits here, never more than the output window; the sequence pauses then.
/// </summary>
internal sealed class GenerationSource : GraphStageWithMaterializedValue<SourceShape<GeneratedToken>, Task<GenerationCompleted>>
{
    private readonly IActorRef _model;
    private readonly GenerationPrompt _prompt;
    private readonly GenerationOptions _options;
    private readonly int _window;
    private readonly Outlet<GeneratedToken> _out = new("GenerationSource.out");

    /// <summary>Creates the stage.</summary>
    /// <param name="model">The model's actor.</param>
    /// <param name="prompt">What to continue.</param>
    /// <param name="options">How.</param>
    /// <param name="window">Tokens that may wait for the reader.</param>
    public GenerationSource(IActorRef model, GenerationPrompt prompt, GenerationOptions options, int window)
    {
        _model = model;
        _prompt = prompt;
        _window = options.OutputWindow ?? window;
        _options = options with { OutputWindow = _window };
        Shape = new SourceShape<GeneratedToken>(_out);
    }

    public override SourceShape<GeneratedToken> Shape { get; }

    public override ILogicAndMaterializedValue<Task<GenerationCompleted>> CreateLogicAndMaterializedValue(Attributes inheritedAttributes)
    {
        Logic logic = new(this);
        return new LogicAndMaterializedValue<Task<GenerationCompleted>>(logic, logic.Completion);
    }

    private sealed class Logic : GraphStageLogic
    {
        private readonly GenerationSource _stage;
        private readonly Queue<GeneratedToken> _waiting = new();
        private readonly TaskCompletionSource<GenerationCompleted> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly GenerationId _id = GenerationId.New();
        private StageActor? _self;
        private GenerationCompleted? _completed;
        private int _taken;

        public Logic(GenerationSource stage) : base(stage.Shape)
        {
            _stage = stage;
            SetHandler(stage._out, onPull: PushNext);
        }

        public Task<GenerationCompleted> Completion => _completion.Task;

        public override void PreStart()
        {
            _self = GetStageActor(OnMessage);
            _self.Watch(_stage._model);
            _stage._model.Tell(new Generate(_id, _stage._prompt, _stage._options), _self.Ref);
        }

        public override void PostStop()
        {
            // Cancelled downstream, or failed: the scheduler hears of it before it misses this actor.
            if (_completed is null) _stage._model.Tell(new CancelGeneration(_id), _self!.Ref);
            _completion.TrySetCanceled();
        }

        private void OnMessage((IActorRef Sender, object Message) args)
        {
            switch (args.Message)
            {
                case TokenGenerated m:
                    _waiting.Enqueue(m.Token);
                    if (IsAvailable(_stage._out)) PushNext();
                    break;
                case GenerationCompleted m:
                    _completed = m;
                    if (_waiting.Count == 0) Complete();
                    break;
                case GenerationRefused m:
                    Fail(new GenerationRefusedException(m.Reason, m.Text));
                    break;
                case GenerationFailed m:
                    Fail(new GenerationFailedException(m.Reason, m.Text, m.Usage));
                    break;
                case Terminated:
                    Fail(new GenerationFailedException(GenerationFault.ModelClosed, "the model was closed", new GenerationUsage()));
                    break;
            }
        }

        private void PushNext()
        {
            if (!_waiting.TryDequeue(out GeneratedToken token)) return;
            Push(_stage._out, token);
            // Said in halves of the window: often enough that a fast reader never makes the sequence pause.
            if (++_taken >= Math.Max(1, _stage._window / 2) && _completed is null)
            {
                _stage._model.Tell(new TokensTaken(_id, _taken), _self!.Ref);
                _taken = 0;
            }

            if (_waiting.Count == 0 && _completed is not null) Complete();
        }

        private void Complete()
        {
            _completion.TrySetResult(_completed!);
            CompleteStage();
        }

        private void Fail(Exception cause)
        {
            _completed ??= new GenerationCompleted(_id, GenerationEnd.Cancelled, new GenerationUsage(), "");
            _completion.TrySetException(cause);
            FailStage(cause);
        }
    }
}
