namespace WasmChord.Memory64;

/// <summary>
/// What goes wrong with a <see cref="FaultyStorage"/>, and when. Every method may be called from any thread, also while
/// reads run. By default a fault strikes every read of the file until it is lifted; <c>times</c> counts reads.
/// </summary>
public sealed class FaultScript
{
    /// <summary>The error number of an input/output error: <c>EIO</c>.</summary>
    public const int InputOutputErrno = 5;

    private readonly object _lock = new();
    private StorageFault[] _faults = [];
    private long _readCount;
    private long _readBytes;

    /// <summary>Reads that reached the storage, failed ones included.</summary>
    public long ReadCount => Volatile.Read(ref _readCount);

    /// <summary>Bytes that they asked for.</summary>
    public long ReadBytes => Volatile.Read(ref _readBytes);

    internal StorageFault[] Faults => Volatile.Read(ref _faults);

    private long? TruncatedLength { get; set; }

    private StorageIdentity? Replacement { get; set; }

    /// <summary>Reads fail with <see cref="StorageError.Io"/>; nothing is delivered.</summary>
    public StorageFault FailReads(long times = long.MaxValue, long offset = 0, long byteLength = long.MaxValue, int errno = InputOutputErrno) =>
        Add(new StorageFault(this, FaultKind.Fail, offset, byteLength, times) { Errno = errno });

    /// <summary>Reads deliver <paramref name="deliveredBytes"/> bytes and then end with <see cref="StorageError.EndOfFile"/>.</summary>
    public StorageFault ShortenReads(long deliveredBytes, long times = long.MaxValue, long offset = 0, long byteLength = long.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(deliveredBytes);
        return Add(new StorageFault(this, FaultKind.Short, offset, byteLength, times) { DeliveredBytes = deliveredBytes });
    }

    /// <summary>Reads begin later by <paramref name="delay"/>; lifting the fault ends the wait.</summary>
    public StorageFault DelayReads(TimeSpan delay, long times = long.MaxValue, long offset = 0, long byteLength = long.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return Add(new StorageFault(this, FaultKind.Delay, offset, byteLength, times) { Delay = delay, Gate = new StorageGate() });
    }

    /// <summary>Reads wait at a gate until it is opened, or the script is cleared.</summary>
    public StorageGate Hold(long times = long.MaxValue, long offset = 0, long byteLength = long.MaxValue)
    {
        StorageGate gate = new();
        Add(new StorageFault(this, FaultKind.Hold, offset, byteLength, times) { Gate = gate });
        return gate;
    }

    /// <summary>Reads of the byte at <paramref name="offset"/> deliver it with one bit flipped.</summary>
    /// <param name="offset">Which byte of the file.</param>
    /// <param name="bit">Which bit, 0 the lowest.</param>
    /// <param name="times">How many reads.</param>
    public StorageFault FlipBit(long offset, int bit = 0, long times = long.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bit, 7);
        return Add(new StorageFault(this, FaultKind.Flip, offset, 1, times) { FlipMask = (byte)(1 << bit) });
    }

    /// <summary>The file ends at <paramref name="length"/> from now on.</summary>
    public void Truncate(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        lock (_lock) TruncatedLength = length;
    }

    /// <summary>The file's identity is <paramref name="identity"/> from now on: somebody wrote to it.</summary>
    public void Replace(StorageIdentity identity)
    {
        lock (_lock) Replacement = identity;
    }

    /// <summary>Ends every fault; held reads go on and the file is whole and itself again.</summary>
    public void Clear()
    {
        StorageFault[] ended;
        lock (_lock)
        {
            ended = _faults;
            _faults = [];
            TruncatedLength = null;
            Replacement = null;
        }
        foreach (StorageFault fault in ended) fault.Gate?.Open();
    }

    internal void Remove(StorageFault fault)
    {
        lock (_lock) _faults = [.. _faults.Where(f => f != fault)];
    }

    internal void CountRead(long byteLength)
    {
        Interlocked.Increment(ref _readCount);
        Interlocked.Add(ref _readBytes, byteLength);
    }

    internal (long? Length, StorageIdentity? Identity) Disguise()
    {
        lock (_lock) return (TruncatedLength, Replacement);
    }

    private StorageFault Add(StorageFault fault)
    {
        lock (_lock) _faults = [.. _faults, fault];
        return fault;
    }
}
