using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace WasmChord.Memory64;

/// <summary>
/// Buffers of one size for loads that are decoded on the way: as many as there may be loads in flight, allocated when
/// first wanted, kept for the next load. In 2 MiB pages where the system has them, as direct reads want.
/// </summary>
internal sealed unsafe class LoadBufferPool : IDisposable
{
    private readonly ConcurrentBag<nint> _spares = [];
    private readonly int _maxCount;
    private int _count;
    private int _disposed;

    /// <summary>Creates an empty pool.</summary>
    public LoadBufferPool(long bufferBytes, int maxCount)
    {
        BufferBytes = ImageLayout.AlignUp(bufferBytes, Unit(bufferBytes));
        _maxCount = maxCount;
    }

    /// <summary>Size of each buffer.</summary>
    public long BufferBytes { get; }

    /// <summary>Bytes of all buffers when every load is in flight: what a budget reserves.</summary>
    public long MaxBytes => BufferBytes * _maxCount;

    /// <summary>Rents a buffer.</summary>
    /// <exception cref="InvalidOperationException">More loads are in flight than were announced.</exception>
    public LoadBuffer Rent()
    {
        if (_spares.TryTake(out nint spare)) return new LoadBuffer(this, (byte*)spare);
        if (Interlocked.Increment(ref _count) > _maxCount)
        {
            Interlocked.Decrement(ref _count);
            throw new InvalidOperationException($"more than {_maxCount} loads are in flight");
        }

        byte* start = (byte*)NativeMemory.AlignedAlloc((nuint)BufferBytes, (nuint)Unit(BufferBytes));
        if (OperatingSystem.IsLinux() && BufferBytes >= ImageOptions.HugePageBytes)
            LinuxMemory.Advise(start, BufferBytes, LinuxMemory.AdviseHugePage);
        return new LoadBuffer(this, start);
    }

    /// <summary>Frees the spare buffers, and those that are out when they return.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _disposed, 1);
        FreeSpares();
    }

    internal void Return(byte* start)
    {
        _spares.Add((nint)start);
        if (Volatile.Read(ref _disposed) != 0) FreeSpares();
    }

    private static long Unit(long bytes) => bytes > ImageOptions.HugePageBytes / 2 ? ImageOptions.HugePageBytes : ImageOptions.PageBytes;

    private void FreeSpares()
    {
        while (_spares.TryTake(out nint spare)) NativeMemory.AlignedFree((void*)spare);
    }
}
