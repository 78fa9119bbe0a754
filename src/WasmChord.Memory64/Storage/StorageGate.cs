namespace WasmChord.Memory64;

/// <summary>
/// Holds reads until it is opened, and counts how many are held: what a test uses to prove that reads run at the same
/// time, without looking at a clock. Made by <see cref="FaultScript.Hold"/>.
/// </summary>
public sealed class StorageGate
{
    private readonly object _lock = new();
    private bool _open;
    private int _insideCount;
    private int _peakCount;

    internal StorageGate()
    {
    }

    /// <summary>Reads held now.</summary>
    public int InsideCount
    {
        get
        {
            lock (_lock) return _insideCount;
        }
    }

    /// <summary>The most reads held at once so far.</summary>
    public int PeakCount
    {
        get
        {
            lock (_lock) return _peakCount;
        }
    }

    /// <summary>Lets the held reads go, and all that come later.</summary>
    public void Open()
    {
        lock (_lock)
        {
            _open = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Waits until at least <paramref name="count"/> reads are held at once; false where the time runs out first.</summary>
    public bool WaitForInside(int count, TimeSpan timeout)
    {
        long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        lock (_lock)
        {
            while (_insideCount < count)
            {
                long left = deadline - Environment.TickCount64;
                if (left <= 0 || !Monitor.Wait(_lock, (int)Math.Min(left, int.MaxValue))) return _insideCount >= count;
            }
            return true;
        }
    }

    /// <summary>Holds the calling read; it leaves when the gate opens, or after <paramref name="limit"/>.</summary>
    internal void Pass(TimeSpan limit)
    {
        long deadline = limit == Timeout.InfiniteTimeSpan ? long.MaxValue : Environment.TickCount64 + (long)limit.TotalMilliseconds;
        lock (_lock)
        {
            if (_open) return;
            _insideCount++;
            _peakCount = Math.Max(_peakCount, _insideCount);
            Monitor.PulseAll(_lock);
            try
            {
                while (!_open)
                {
                    long left = deadline - Environment.TickCount64;
                    if (left <= 0) return;
                    Monitor.Wait(_lock, (int)Math.Min(left, int.MaxValue));
                }
            }
            finally
            {
                _insideCount--;
            }
        }
    }
}
