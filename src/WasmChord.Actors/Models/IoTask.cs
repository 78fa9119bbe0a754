using Akka.Dispatch;

namespace WasmChord.Actors;

/// <summary>Runs a function that blocks on a dispatcher made for it, and hands the result to a task.</summary>
internal sealed class IoTask<T>(Func<T> function) : IRunnable
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Schedules the function.</summary>
    public static Task<T> Run(MessageDispatcher dispatcher, Func<T> function)
    {
        IoTask<T> task = new(function);
        dispatcher.Schedule(task);
        return task._done.Task;
    }

    /// <inheritdoc/>
    public void Run()
    {
        try
        {
            _done.SetResult(function());
        }
        catch (Exception e)
        {
            _done.SetException(e);
        }
    }

    /// <summary>The dispatcher's older name for <see cref="Run()"/>.</summary>
    public void Execute() => Run();
}
