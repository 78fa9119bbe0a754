using Akka.Dispatch;

namespace WasmChord.Actors;

/// <summary>
/// Where loads wait for a reader and then for a finisher: what a <see cref="LoadStage"/> materializes to, open as long
/// as its stream lives. A load keeps its place among the readers until there is one among the finishers, so that slow
/// decoding slows reading down. Thread-safe; steps move themselves on, from whatever thread ends a piece of work.
/// </summary>
internal sealed class LoadLine
{
    private readonly Lock _lock = new();
    private readonly Action<IRunnable> _read;
    private readonly Action<IRunnable> _finish;
    private readonly int _readers;
    private readonly int _finishers;
    private readonly int _capacity;
    private readonly Queue<LoadStep> _toRead;
    private readonly Queue<LoadStep> _toFinish;
    private int _inFlight;
    private int _reading; // with those that wait for a finisher
    private int _finishing;
    private bool _isCompleting;
    private bool _isEnded;
    private Action? _onDrained;
    private Action<Exception>? _onFault;

    /// <summary>Creates an empty line.</summary>
    /// <param name="settings">How many loads may be read, finished, and under way.</param>
    /// <param name="io">Runs reads, which block.</param>
    /// <param name="decode">Runs what computes.</param>
    public LoadLine(ModelSettings settings, MessageDispatcher io, MessageDispatcher decode)
    {
        _read = ThreadsDispatcher.Entrance(io);
        _finish = ThreadsDispatcher.Entrance(decode);
        _readers = settings.IoParallelism;
        _finishers = settings.DecodeParallelism;
        _capacity = settings.MaxLoads;
        _toRead = new Queue<LoadStep>(_capacity);
        _toFinish = new Queue<LoadStep>(_capacity);
    }

    /// <summary>
    /// Takes a load whose memory is committed; it comes back as a message, with its outcome. Dropped when the stream has
    /// ended, which the cache is told by a message of its own.
    /// </summary>
    /// <exception cref="InvalidOperationException">More loads are offered than may be under way.</exception>
    public void Offer(LoadStep step)
    {
        lock (_lock)
        {
            if (_isEnded || _isCompleting) return;
            if (_inFlight == _capacity) throw new InvalidOperationException($"{_inFlight} loads are under way, as many as may");
            _inFlight++;
            _toRead.Enqueue(step);
        }

        MoveOn();
    }

    /// <summary>No more loads will be offered; the stream completes when those under way have arrived.</summary>
    public void Complete()
    {
        lock (_lock) _isCompleting = true;
        EndIfDrained();
    }

    /// <summary>The stream has started.</summary>
    /// <param name="onDrained">Completes it.</param>
    /// <param name="onFault">Fails it.</param>
    internal void Start(Action onDrained, Action<Exception> onFault)
    {
        lock (_lock)
        {
            _onDrained = onDrained;
            _onFault = onFault;
        }

        EndIfDrained();
    }

    /// <summary>The stream has ended: what waits is dropped, what runs goes no further.</summary>
    internal void End()
    {
        lock (_lock)
        {
            _isEnded = true;
            _toRead.Clear();
            _toFinish.Clear();
        }
    }

    /// <summary>A reader is done with a load, well or not.</summary>
    internal void OnRead(LoadStep step)
    {
        bool failed = step.Failure is not null;
        lock (_lock)
        {
            if (_isEnded) return;
            if (failed) (_reading, _inFlight) = (_reading - 1, _inFlight - 1);
            else _toFinish.Enqueue(step);
        }

        if (failed) step.Arrive();
        MoveOn();
        EndIfDrained();
    }

    /// <summary>A finisher is done with a load, well or not.</summary>
    internal void OnFinished(LoadStep step)
    {
        lock (_lock)
        {
            if (_isEnded) return;
            _finishing--;
            _inFlight--;
        }

        step.Arrive();
        MoveOn();
        EndIfDrained();
    }

    // Finishers first: each that begins makes room for a reader.
    private void MoveOn()
    {
        try
        {
            while (true)
            {
                LoadStep? step;
                bool finish;
                lock (_lock)
                {
                    finish = _finishing < _finishers && _toFinish.TryPeek(out _);
                    if (finish)
                    {
                        step = _toFinish.Dequeue();
                        _finishing++;
                        _reading--;
                    }
                    else
                    {
                        if (_reading == _readers || !_toRead.TryDequeue(out step)) return;
                        _reading++;
                    }
                }

                step.Prepare(finish);
                (finish ? _finish : _read)(step);
            }
        }
        catch (Exception e)
        {
            // A dispatcher that takes no work: whoever waits for these loads would wait for ever.
            _onFault?.Invoke(e);
        }
    }

    private void EndIfDrained()
    {
        Action? onDrained;
        lock (_lock) onDrained = _isCompleting && _inFlight == 0 && !_isEnded ? _onDrained : null;
        onDrained?.Invoke();
    }
}
