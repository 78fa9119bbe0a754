using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace WasmChord.Inference;

/// <summary>
/// A few threads of its own, beside the caller's, that run the parts of one job at a time. They spin briefly between
/// jobs, as the jobs of a forward pass follow each other within microseconds, then sleep until the next.
/// </summary>
/// <remarks>One thread at a time may call <see cref="Run"/>. Running a job allocates nothing.</remarks>
public sealed class ComputePool : IDisposable
{
    // Enough for the gap between two jobs of a pass; short against a scheduler's time slice, so that others get the processor.
    private static readonly long s_spinTicks = Stopwatch.Frequency * 30 / 1_000_000;

    private readonly Thread[] _threads;
    private readonly Sleeper[] _workers;
    private readonly Sleeper _caller = new();
    private IComputeJob? _job;
    private ExceptionDispatchInfo? _failure;
    private int _running;
    private volatile int _jobs; // begun so far
    private volatile bool _isDisposed;

    /// <summary>Starts the threads.</summary>
    /// <param name="threadCount">Parts of a job: the caller's thread and one less of the pool's own.</param>
    public ComputePool(int threadCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threadCount);
        ThreadCount = threadCount;
        _threads = new Thread[threadCount - 1];
        _workers = new Sleeper[threadCount - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int part = i + 1;
            _workers[i] = new Sleeper();
            _threads[i] = new Thread(() => Work(part)) { IsBackground = true, Name = $"wasmchord-compute-{part}" };
            _threads[i].Start();
        }
    }

    /// <summary>Threads that share a job, the caller's included.</summary>
    public int ThreadCount { get; }

    /// <summary>Runs all parts of a job; returns when all have ended.</summary>
    /// <remarks>What a part throws is thrown here, one of several where there are several, after all have ended.</remarks>
    public void Run(IComputeJob job)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_threads.Length == 0)
        {
            job.Run(0, 1);
            return;
        }

        _failure = null;
        _job = job;
        Volatile.Write(ref _running, _threads.Length);
        Begin();
        RunPart(job, 0);
        long start = 0;
        while (Volatile.Read(ref _running) > 0)
        {
            if (MaySpin(ref start)) continue;
            _caller.Sleep(this, static (pool, _) => Volatile.Read(ref pool._running) > 0, 0);
        }

        _job = null;
        _failure?.Throw();
    }

    /// <summary>Ends the threads; a job that runs is finished first.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        Begin();
        foreach (Thread thread in _threads) thread.Join();
        foreach (Sleeper worker in _workers) worker.Dispose();
        _caller.Dispose();
    }

    private void Begin()
    {
        Interlocked.Increment(ref _jobs);
        foreach (Sleeper worker in _workers) worker.Wake();
    }

    private void Work(int part)
    {
        Sleeper sleeper = _workers[part - 1];
        int seen = 0;
        while (true)
        {
            long start = 0;
            while (_jobs == seen)
            {
                if (MaySpin(ref start)) continue;
                sleeper.Sleep(this, static (pool, last) => pool._jobs == last, seen);
            }

            seen++;
            if (_isDisposed) return;
            RunPart(_job!, part);
            if (Interlocked.Decrement(ref _running) == 0) _caller.Wake();
        }
    }

    // False when it is time to sleep.
    private static bool MaySpin(ref long start)
    {
        long now = Stopwatch.GetTimestamp();
        if (start == 0) start = now;
        if (now - start > s_spinTicks)
        {
            start = 0;
            return false;
        }

        Thread.SpinWait(4);
        return true;
    }

    private void RunPart(IComputeJob job, int part)
    {
        try
        {
            job.Run(part, ThreadCount);
        }
        catch (Exception e)
        {
            _failure = ExceptionDispatchInfo.Capture(e);
        }
    }
}
