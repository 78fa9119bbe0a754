using System.Runtime.InteropServices;

namespace WasmChord.Memory64;

/// <summary>
/// Zeroed memory outside the managed heap, of a size that is known exactly and given back when disposed. The owner
/// answers for nobody using a span after that.
/// </summary>
public sealed unsafe class NativeBuffer : IDisposable
{
    private byte* _start;

    /// <summary>Allocates.</summary>
    /// <param name="byteLength">At least 1; rounded up to whole pages of 4 KiB.</param>
    /// <exception cref="OutOfMemoryException">The operating system refused.</exception>
    public NativeBuffer(int byteLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(byteLength);
        Length = byteLength;
        if (MappedImage.IsSupported)
        {
            _start = LinuxMemory.Map(0, HeldBytes, LinuxMemory.ProtReadWrite, LinuxMemory.MapPrivate | LinuxMemory.MapAnonymous);
            if (_start == null) throw new OutOfMemoryException($"the system refused {HeldBytes} bytes");
        }
        else
        {
            _start = (byte*)NativeMemory.AlignedAlloc((nuint)HeldBytes, (nuint)ImageOptions.PageBytes);
            NativeMemory.Clear(_start, (nuint)HeldBytes);
        }
    }

    /// <summary>Bytes that can be used.</summary>
    public int Length { get; }

    /// <summary>Bytes that it takes: whole pages.</summary>
    public long HeldBytes => SizeOf(Length);

    /// <summary>The memory.</summary>
    /// <exception cref="ObjectDisposedException">It was given back.</exception>
    public Span<byte> Span => _start != null ? new Span<byte>(_start, Length) : throw new ObjectDisposedException(nameof(NativeBuffer));

    /// <summary>Bytes that a buffer of a length takes.</summary>
    public static long SizeOf(int byteLength) => ImageLayout.AlignUp(byteLength, ImageOptions.PageBytes);

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        byte* start = _start;
        _start = null;
        if (start == null) return;
        if (MappedImage.IsSupported) LinuxMemory.Unmap((nint)start, HeldBytes);
        else NativeMemory.AlignedFree(start);
    }
}
