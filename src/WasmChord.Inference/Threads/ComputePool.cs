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
    private const int SpinCount = 40;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim[] _wakes;
    private readonly SemaphoreSlim _done = new(0); // unlike an event, it allocates nothing when it first has to wait
    private IComputeJob? _job;
    private ExceptionDispatchInfo? _failure;
    private int _running;
    private volatile bool _isDisposed;

    /// <summary>Starts the threads.</summary>
    /// <param name="threadCount">Parts of a job: the caller's thread and one less of the pool's own.</param>
    public ComputePool(int threadCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threadCount);
        ThreadCount = threadCount;
        _threads = new Thread[threadCount - 1];
        _wakes = new SemaphoreSlim[threadCount - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int part = i + 1;
            _wakes[i] = new SemaphoreSlim(0);
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
        foreach (SemaphoreSlim wake in _wakes) wake.Release();
        RunPart(job, 0);
        SpinUntilReady(_done);
        _done.Wait();
        _job = null;
        _failure?.Throw();
    }

    /// <summary>Ends the threads; a job that runs is finished first.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        foreach (SemaphoreSlim wake in _wakes) wake.Release();
        foreach (Thread thread in _threads) thread.Join();
        foreach (SemaphoreSlim wake in _wakes) wake.Dispose();
        _done.Dispose();
    }

    private void Work(int part)
    {
        SemaphoreSlim wake = _wakes[part - 1];
        while (true)
        {
            SpinUntilReady(wake);
            wake.Wait();
            if (_isDisposed) return;
            RunPart(_job!, part);
            if (Interlocked.Decrement(ref _running) == 0) _done.Release();
        }
    }

    private static void SpinUntilReady(SemaphoreSlim wake)
    {
        SpinWait spin = default;
        for (int i = 0; i < SpinCount && wake.CurrentCount == 0; i++) spin.SpinOnce(-1);
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
