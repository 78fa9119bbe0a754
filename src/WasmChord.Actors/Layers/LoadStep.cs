using Akka.Dispatch;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>One stage of one load, run on a dispatcher that may block or compute; its failure is a value.</summary>
internal sealed class LoadStep : IRunnable
{
    private readonly TaskCompletionSource<LoadFlow.Outcome> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SegmentLoader _loader;
    private readonly SegmentLoad _load;
    private readonly Stage _stage;

    private LoadStep(SegmentLoader loader, SegmentLoad load, Stage stage)
    {
        _loader = loader;
        _load = load;
        _stage = stage;
    }

    /// <summary>Which half of the way.</summary>
    public enum Stage
    {
        /// <summary>From storage.</summary>
        Read,

        /// <summary>Verify and decode.</summary>
        Finish,
    }

    /// <summary>Runs a stage on a dispatcher.</summary>
    public static Task<LoadFlow.Outcome> Run(MessageDispatcher dispatcher, SegmentLoader loader, SegmentLoad load, Stage stage)
    {
        LoadStep step = new(loader, load, stage);
        dispatcher.Schedule(step);
        return step._done.Task;
    }

    /// <inheritdoc/>
    public void Run()
    {
        Exception? failure = null;
        try
        {
            if (_stage == Stage.Read) _loader.Read(_load);
            else _loader.Finish(_load);
        }
        catch (Exception e)
        {
            failure = e;
        }

        _done.SetResult(new LoadFlow.Outcome(_load, failure));
    }

    /// <summary>The dispatcher's older name for <see cref="Run()"/>.</summary>
    public void Execute() => Run();
}
