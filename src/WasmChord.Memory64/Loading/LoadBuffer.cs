namespace WasmChord.Memory64;

/// <summary>A rented buffer, returned to its pool when disposed.</summary>
internal sealed unsafe class LoadBuffer : IDisposable
{
    private readonly LoadBufferPool _pool;

    internal LoadBuffer(LoadBufferPool pool, byte* start)
    {
        _pool = pool;
        Start = start;
    }

    /// <summary>The first byte, on a 2 MiB boundary.</summary>
    public byte* Start { get; private set; }

    public void Dispose()
    {
        if (Start is null) return;
        _pool.Return(Start);
        Start = null;
    }
}
