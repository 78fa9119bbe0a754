using Wasmtime;

namespace WasmChord.Memory64;

/// <summary>
/// Ticks an engine's epoch while guests run, so that each looks up now and then whether it must stop. A thread of its
/// own: a busy thread pool must not let a runaway guest go on. States: open → closing, when it is disposed while guests
/// run: it ticks until the last has stopped → ended, when what guests run on is freed.
/// </summary>
internal sealed class GuestClock : IDisposable
{
    /// <summary>Between ticks: how late a guest may stop.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly object _monitor = new();
    private readonly Engine _engine;
    private readonly Action _onEnded;
    private Thread? _thread;
    private int _running;
    private volatile bool _isClosing;

    /// <summary>Creates a clock that stands still.</summary>
    /// <param name="engine">What ticks.</param>
    /// <param name="onEnded">Called once, when the clock was disposed and no guest runs any more.</param>
    public GuestClock(Engine engine, Action onEnded)
    {
        _engine = engine;
        _onEnded = onEnded;
    }

    /// <summary>True once it was disposed: whoever still runs is to stop.</summary>
    public bool IsClosing => _isClosing;

    /// <summary>A guest begins to run; false when none may any more.</summary>
    public bool TryEnter()
    {
        lock (_monitor)
        {
            if (_isClosing) return false;
            if (_running++ > 0) return true;
            _thread ??= Start();
            Monitor.Pulse(_monitor);
            return true;
        }
    }

    /// <summary>A guest has stopped running.</summary>
    public void Leave()
    {
        lock (_monitor) _running--;
    }

    /// <summary>Lets nobody begin any more; ends at once when nobody runs, else when the last has stopped.</summary>
    public void Dispose()
    {
        Thread? thread;
        lock (_monitor)
        {
            if (_isClosing) return;
            _isClosing = true;
            thread = _running == 0 ? _thread : null;
            if (_thread is null) _onEnded();
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
            while (!_isClosing || _running > 0)
            {
                if (_running == 0) Monitor.Wait(_monitor);
                else if (!Monitor.Wait(_monitor, Tick)) _engine.IncrementEpoch();
            }
        }

        _onEnded();
    }
}
