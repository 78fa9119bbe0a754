using Wasmtime;

namespace WasmChord.Memory64;

/// <summary>
/// Ticks an engine's epoch while guests run, so that each looks up now and then whether it must stop. A thread of its
/// own: a busy thread pool must not let a runaway guest go on.
/// </summary>
internal sealed class GuestClock : IDisposable
{
    /// <summary>Between ticks: how late a guest may stop.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly object _monitor = new();
    private readonly Engine _engine;
    private Thread? _thread;
    private int _running;
    private bool _disposed;

    /// <summary>Creates a clock that stands still.</summary>
    public GuestClock(Engine engine) => _engine = engine;

    /// <summary>A guest begins to run.</summary>
    public void Enter()
    {
        lock (_monitor)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_running++ > 0) return;
            _thread ??= Start();
            Monitor.Pulse(_monitor);
        }
    }

    /// <summary>A guest has stopped running.</summary>
    public void Leave()
    {
        lock (_monitor) _running--;
    }

    /// <summary>Ends the thread.</summary>
    public void Dispose()
    {
        Thread? thread;
        lock (_monitor)
        {
            _disposed = true;
            thread = _thread;
            Monitor.Pulse(_monitor);
        }

        thread?.Join();
    }

    private Thread Start()
    {
        Thread thread = new(Run) { IsBackground = true, Name = "wasmchord-guest-clock" };
        thread.Start();
        return thread;
    }

    private void Run()
    {
        lock (_monitor)
        {
            while (!_disposed)
            {
                if (_running == 0) Monitor.Wait(_monitor);
                else if (!Monitor.Wait(_monitor, Tick)) _engine.IncrementEpoch();
            }
        }
    }
}
