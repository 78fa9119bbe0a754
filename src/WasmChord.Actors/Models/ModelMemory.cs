namespace WasmChord.Actors;

/// <summary>
/// The account of one model's budget: what loading has set aside, what generation has reserved, and what is left for the
/// weights' cache. Bytes pass from the cache to generation in two steps: promised (the cache's target is lowered at once)
/// and held (the cache has really given them back). So weights, buffers and what is held never exceed the budget
/// together. Survives restarts of the region. Thread-safe; the model's supervisor decides, anyone reads.
/// </summary>
internal sealed class ModelMemory
{
    private readonly Lock _lock = new();
    private readonly long[] _held = new long[Enum.GetValues<MemoryUse>().Length];
    private readonly Func<long> _growableBytes;
    private long _totalBytes;
    private long _bufferBytes;
    private long _smallestCacheBytes;
    private long _promisedBytes;
    private long _peakBytes;
    private long _imageBytes;
    private long _peakResidentBytes;
    private long _mostTotalBytes;
    private long _decision;
    private Action<long>? _onHeld;

    /// <summary>Creates an account without a budget.</summary>
    /// <param name="growableBytes">By how much the budget could grow now; 0 for one that is stated as a number.</param>
    public ModelMemory(Func<long> growableBytes) => _growableBytes = growableBytes;

    /// <summary>The budget.</summary>
    public long TotalBytes
    {
        get
        {
            lock (_lock) return _totalBytes;
        }
    }

    /// <summary>What loading has set aside.</summary>
    public long BufferBytes
    {
        get
        {
            lock (_lock) return _bufferBytes;
        }
    }

    /// <summary>What the weights' cache may fill.</summary>
    public long CacheBytes
    {
        get
        {
            lock (_lock) return Cache;
        }
    }

    /// <summary>
    /// What the weights' cache may fill, and which decision that is: whoever reports that the cache has got there names
    /// the decision, so that a report is never taken for one of a later target.
    /// </summary>
    public (long Decision, long Bytes) CacheTarget
    {
        get
        {
            lock (_lock) return (_decision, Cache);
        }
    }

    /// <summary>What generation holds, all uses together.</summary>
    public long HeldBytes
    {
        get
        {
            lock (_lock) return _held.Sum();
        }
    }

    private long Cache => _totalBytes - _bufferBytes - _held.Sum() - _promisedBytes;

    /// <summary>Sets the budget; false, and nothing changes, where generation holds more than it would leave.</summary>
    public bool TrySetBudget(long totalBytes, long bufferBytes, long smallestCacheBytes)
    {
        lock (_lock)
        {
            if (totalBytes - bufferBytes - _held.Sum() - _promisedBytes < smallestCacheBytes) return false;
            (_totalBytes, _bufferBytes, _smallestCacheBytes) = (totalBytes, bufferBytes, smallestCacheBytes);
            _mostTotalBytes = Math.Max(_mostTotalBytes, totalBytes);
            _decision++;
            return true;
        }
    }

    /// <summary>Holds bytes that the budget has just grown by: the cache keeps what it has.</summary>
    public void Grow(MemoryUse use, long bytes)
    {
        lock (_lock)
        {
            _totalBytes += bytes;
            _mostTotalBytes = Math.Max(_mostTotalBytes, _totalBytes);
            Hold(use, bytes);
        }
    }

    /// <summary>The budget shrinks by bytes that generation has given back.</summary>
    public void Shrink(long bytes)
    {
        lock (_lock)
        {
            _totalBytes -= bytes;
            _decision++;
        }
    }

    /// <summary>Lowers the cache's target by <paramref name="bytes"/>; false where it would fall below the smallest cache.</summary>
    public bool TryPromise(long bytes)
    {
        lock (_lock)
        {
            if (Cache - bytes < _smallestCacheBytes) return false;
            _promisedBytes += bytes;
            _decision++;
            return true;
        }
    }

    /// <summary>Takes a promise back; the cache may have the bytes again.</summary>
    public void Withdraw(long bytes)
    {
        lock (_lock)
        {
            _promisedBytes -= bytes;
            _decision++;
        }
    }

    /// <summary>Turns a promise into bytes held, once the cache has reached the target that the promise lowered.</summary>
    public void Keep(MemoryUse use, long bytes)
    {
        lock (_lock)
        {
            _promisedBytes -= bytes;
            Hold(use, bytes);
        }
    }

    /// <summary>Gives held bytes back to the cache; false, and nothing changes, where less is held.</summary>
    public bool TryRelease(MemoryUse use, long bytes)
    {
        Action<long>? tell;
        long held;
        lock (_lock)
        {
            if (bytes < 0 || bytes > _held[(int)use]) return false;
            _held[(int)use] -= bytes;
            held = _held.Sum();
            _decision++;
            tell = _onHeld;
        }

        tell?.Invoke(held);
        return true;
    }

    /// <summary>
    /// Takes note of the memory that the image holds. Its owner tells whenever it has grown, and after it was made to
    /// shrink, before anyone is told that the memory is free: so no peak is missed, and none is made up.
    /// </summary>
    public void Observe(long imageBytes)
    {
        lock (_lock)
        {
            _imageBytes = imageBytes;
            _peakResidentBytes = Math.Max(_peakResidentBytes, imageBytes + _held.Sum());
        }
    }

    /// <summary>Whom to tell, from any thread, when held bytes are given back.</summary>
    public void OnReleased(Action<long> tell)
    {
        lock (_lock) _onHeld = tell;
    }

    /// <summary>The division at this moment.</summary>
    public MemoryStatus Snapshot()
    {
        long growable = _growableBytes();
        lock (_lock)
        {
            return new MemoryStatus(_totalBytes, _bufferBytes, _smallestCacheBytes, Cache, _held[(int)MemoryUse.Constants],
                _held[(int)MemoryUse.Scratch], _held[(int)MemoryUse.KvCache], _peakBytes,
                Math.Max(0, _totalBytes + growable - _bufferBytes - _smallestCacheBytes))
            {
                PeakResidentBytes = _peakResidentBytes,
                MostBudgetBytes = _mostTotalBytes,
            };
        }
    }

    private void Hold(MemoryUse use, long bytes)
    {
        _held[(int)use] += bytes;
        long held = _held.Sum();
        _peakBytes = Math.Max(_peakBytes, held);
        _peakResidentBytes = Math.Max(_peakResidentBytes, _imageBytes + held);
    }
}
