using System.Collections.Concurrent;
using Akka.Dispatch;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// A dispatcher of its own threads, each of which may block. Work waits in one queue and starts in order; a thread that
/// has nothing to do sleeps.
/// </summary>
internal sealed class ThreadsDispatcher : MessageDispatcher
{
    private readonly BlockingCollection<IRunnable> _work = [];

    public ThreadsDispatcher(MessageDispatcherConfigurator configurator, string name, int threadCount) : base(configurator)
    {
        ThreadCount = threadCount;
        for (int i = 0; i < threadCount; i++)
            new Thread(Work, GuestEngine.ThreadStackBytes) { IsBackground = true, Name = $"{name}-{i}" }.Start();
    }

    public int ThreadCount { get; }

    /// <summary>
    /// How to hand work to a dispatcher again and again without allocating. Akka's own way wraps each piece to count it,
    /// and sets a timer whenever none is left, to end dispatchers that nobody is attached to; this one is ended otherwise.
    /// </summary>
    /// <param name="dispatcher">Any dispatcher; one of another kind is given work in Akka's way.</param>
    public static Action<IRunnable> Entrance(MessageDispatcher dispatcher) =>
        dispatcher is ThreadsDispatcher threads ? threads.ExecuteTask : dispatcher.Schedule;

    /// <summary>Lets the threads end when the work that waits is done; called when the actor system has ended.</summary>
    public void Stop() => _work.CompleteAdding();

    // Akka calls this when the last actor that it attached leaves; work is scheduled here without actors.
    protected override void Shutdown()
    {
    }

    protected override void ExecuteTask(IRunnable run)
    {
        try
        {
            _work.Add(run);
        }
        catch (InvalidOperationException)
        {
            // The system has ended: whoever scheduled this ends with it.
        }
    }

    private void Work()
    {
        foreach (IRunnable run in _work.GetConsumingEnumerable()) run.Run();
    }
}
