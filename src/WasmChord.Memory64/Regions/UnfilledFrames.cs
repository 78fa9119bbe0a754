namespace WasmChord.Memory64;

/// <summary>
/// The frames of an image that are committed and have no memory yet. The writer adds and removes them, reading threads
/// fill each once: neighbours that share one wait for whoever began. States of a frame: filled → unfilled → being filled
/// → filled.
/// </summary>
internal sealed class UnfilledFrames(int frameCount)
{
    private enum State : byte
    {
        Filled,
        Unfilled,
        BeingFilled,
    }

    private readonly object _lock = new();
    private readonly State[] _states = new State[frameCount];

    /// <summary>A frame without memory has been committed.</summary>
    public void Add(int frame)
    {
        lock (_lock) _states[frame] = State.Unfilled;
    }

    /// <summary>A frame has been given up; true when it still had no memory.</summary>
    public bool Remove(int frame)
    {
        lock (_lock)
        {
            while (_states[frame] == State.BeingFilled) Monitor.Wait(_lock);
            bool isUnfilled = _states[frame] == State.Unfilled;
            _states[frame] = State.Filled;
            return isUnfilled;
        }
    }

    /// <summary>True while some of the frames have no memory.</summary>
    public bool ContainsAny(int first, int count)
    {
        lock (_lock) return _states.AsSpan(first, count).ContainsAnyExcept(State.Filled);
    }

    /// <summary>True when the caller is to fill the frame, and then to call <see cref="End"/>; false when it is filled.</summary>
    public bool TryBegin(int frame)
    {
        lock (_lock)
        {
            while (_states[frame] == State.BeingFilled) Monitor.Wait(_lock);
            if (_states[frame] == State.Filled) return false;
            _states[frame] = State.BeingFilled;
            return true;
        }
    }

    /// <summary>The frame has been filled.</summary>
    public void End(int frame)
    {
        lock (_lock)
        {
            _states[frame] = State.Filled;
            Monitor.PulseAll(_lock);
        }
    }
}
