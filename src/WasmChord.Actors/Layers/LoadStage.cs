using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Stage;

namespace WasmChord.Actors;

/// <summary>
/// The load flow as one stage: queue, readers, finishers and the way back to the cache, with the places of the loads
/// made once. The interpreter sees what happens once in a stream's life: its start, its completion, its failure, the end
/// of the cache, its own abrupt end. The loads themselves pass beside it, from thread to thread: a signal into an
/// interpreter is an allocated message and a turn of its actor, which made up nearly all of what a load used to cost.
/// </summary>
internal sealed class LoadStage : GraphStageWithMaterializedValue<ClosedShape, LoadLine>
{
    private readonly Func<LoadLine> _createLine;
    private readonly IActorRef _cache;
    private readonly long _generation;

    /// <summary>Describes the stage; every materialization has a line of its own.</summary>
    /// <param name="createLine">Makes the line of loads.</param>
    /// <param name="generation">The region generation that it serves.</param>
    /// <param name="cache">Is told when the stream ends; when it ends itself, so does the stream.</param>
    public LoadStage(Func<LoadLine> createLine, long generation, IActorRef cache)
    {
        _createLine = createLine;
        _generation = generation;
        _cache = cache;
    }

    /// <inheritdoc/>
    public override ClosedShape Shape => ClosedShape.Instance;

    /// <inheritdoc/>
    public override ILogicAndMaterializedValue<LoadLine> CreateLogicAndMaterializedValue(Attributes inheritedAttributes)
    {
        LoadLine line = _createLine();
        return new LogicAndMaterializedValue<LoadLine>(new Logic(this, line), line);
    }

    private sealed class Logic(LoadStage stage, LoadLine line) : GraphStageLogic(stage.Shape)
    {
        private bool _hasEnded;
        private Exception? _cause;

        public override void PreStart()
        {
            // Without ports, only this keeps it alive.
            SetKeepGoing(true);
            GetStageActor(envelope =>
            {
                if (envelope.Item2 is Terminated) End(null);
            }).Watch(stage._cache);
            line.Start(GetAsyncCallback(() => End(null)), GetAsyncCallback<Exception>(End));
        }

        public override void PostStop()
        {
            line.End();
            stage._cache.Tell(new LoadFlow.Ended(stage._generation, _hasEnded ? _cause : new AbruptStageTerminationException(this)), ActorRefs.NoSender);
        }

        private void End(Exception? cause)
        {
            if (_hasEnded) return;
            _hasEnded = true;
            _cause = cause;
            if (cause is null) CompleteStage();
            else FailStage(cause);
        }
    }
}
