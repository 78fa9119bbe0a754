using System.Runtime.InteropServices;

namespace WasmChord.Bench.Kernels;

/// <summary>Native memory aligned to a cache line, as the image's is. Freed by disposal.</summary>
internal sealed unsafe class AlignedBuffer : IDisposable
{
    private const int Alignment = 64;

    public AlignedBuffer(long bytes)
    {
        Start = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        Bytes = bytes;
        Span.Clear();
    }

    public byte* Start { get; private set; }

    public long Bytes { get; }

    public Span<byte> Span => new(Start, checked((int)Bytes));

    public void Dispose()
    {
        NativeMemory.AlignedFree(Start);
        Start = null;
    }
}
