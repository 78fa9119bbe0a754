using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Stage;

namespace WasmChord.Actors;

/// <summary>
/// The load flow as one stage: queue, readers, finishers and the way back to the cache, with the places of the loads
/// made once. The interpreter sees what happens once in a stream's life: its start, its completion, its failure, the end
/// of the cache, its own abrupt end; the outlet carries that end and no element. The loads themselves pass beside it,
/// from thread to thread: a signal into an interpreter is an allocated message and a turn of its actor, and they made up
/// nearly all of what a load cost.
/// </summary>
internal sealed class LoadStage : GraphStageWithMaterializedValue<SourceShape<LoadStep>, LoadLine>
{
    private readonly Func<LoadLine> _createLine;
    private readonly IActorRef _cache;
    private readonly Outlet<LoadStep> _ended = new("load.ended");

    /// <summary>Describes the stage; every materialization has a line of its own.</summary>
    /// <param name="createLine">Makes the line of loads.</param>
    /// <param name="cache">When it ends, so does the stream.</param>
    public LoadStage(Func<LoadLine> createLine, IActorRef cache)
    {
        _createLine = createLine;
        _cache = cache;
        Shape = new SourceShape<LoadStep>(_ended);
    }

    /// <inheritdoc/>
    public override SourceShape<LoadStep> Shape { get; }

    /// <inheritdoc/>
    public override ILogicAndMaterializedValue<LoadLine> CreateLogicAndMaterializedValue(Attributes inheritedAttributes)
    {
        LoadLine line = _createLine();
        return new LogicAndMaterializedValue<LoadLine>(new Logic(this, line), line);
    }

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly LoadStage _stage;
        private readonly LoadLine _line;

        public Logic(LoadStage stage, LoadLine line) : base(stage.Shape)
        {
            _stage = stage;
            _line = line;
            SetHandler(stage._ended, this);
        }

        public override void PreStart()
        {
            GetStageActor(envelope =>
            {
                if (envelope.Item2 is Terminated) CompleteStage();
            }).Watch(_stage._cache);
            _line.Start(GetAsyncCallback(CompleteStage), GetAsyncCallback<Exception>(FailStage));
        }

        // Nothing is ever emitted, whatever is asked for.
        public override void OnPull()
        {
        }

        public override void PostStop() => _line.End();
    }
}
