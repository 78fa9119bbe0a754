namespace WasmChord.Memory64;

/// <summary>
/// One fault of a <see cref="FaultScript"/>: it strikes reads that touch its extent, as often as it was told to, until
/// lifted. Disposing it lifts it.
/// </summary>
public sealed class StorageFault : IDisposable
{
    private readonly FaultScript _script;
    private long _left;
    private long _hitCount;

    internal StorageFault(FaultScript script, FaultKind kind, long offset, long byteLength, long times)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(byteLength);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(times);
        _script = script;
        Kind = kind;
        Offset = offset;
        ByteLength = byteLength;
        _left = times;
    }

    /// <summary>Reads it has struck.</summary>
    public long HitCount => Volatile.Read(ref _hitCount);

    internal FaultKind Kind { get; }

    internal long Offset { get; }

    internal long ByteLength { get; }

    internal int Errno { get; init; }

    internal long DeliveredBytes { get; init; }

    internal TimeSpan Delay { get; init; } = Timeout.InfiniteTimeSpan;

    internal byte FlipMask { get; init; }

    internal StorageGate? Gate { get; init; }

    /// <summary>Ends the fault; reads held by it go on.</summary>
    public void Dispose()
    {
        _script.Remove(this);
        Gate?.Open();
    }

    /// <summary>True where the fault strikes this read, which then counts as one of its times.</summary>
    internal bool Strikes(long offset, long byteLength)
    {
        bool touches = byteLength > 0 && offset < SaturatedEnd(Offset, ByteLength) && Offset < SaturatedEnd(offset, byteLength);
        if (!touches || Interlocked.Decrement(ref _left) < 0) return false;
        Interlocked.Increment(ref _hitCount);
        return true;
    }

    private static long SaturatedEnd(long offset, long byteLength) => byteLength > long.MaxValue - offset ? long.MaxValue : offset + byteLength;
}
