using System.Runtime.InteropServices;

namespace WasmChord.Bench.Io;

/// <summary>Private anonymous memory with pages of one kind, aligned to 2 MiB; given back when disposed.</summary>
internal sealed unsafe partial class Destination : IDisposable
{
    private const int HugePages = 14;
    private const int NoHugePages = 15;
    private const long FrameBytes = 2 << 20;
    private const int ReadWrite = 3;
    private const int PrivateAnonymousNoReserve = 0x2 | 0x20 | 0x4000;

    private readonly void* _mapping;
    private readonly long _mappedBytes;
    private readonly long _byteLength;

    public Destination(long byteLength, bool hugePages)
    {
        _byteLength = byteLength;
        _mappedBytes = byteLength + FrameBytes;
        _mapping = Map(null, (nuint)_mappedBytes, ReadWrite, PrivateAnonymousNoReserve, -1, 0);
        if ((nint)_mapping == -1) throw new OutOfMemoryException($"no mapping of {_mappedBytes} bytes");
        Start = (byte*)(((nint)_mapping + FrameBytes - 1) & -FrameBytes);
        Advise(Start, (nuint)byteLength, hugePages ? HugePages : NoHugePages);
    }

    public byte* Start { get; }

    /// <summary>Makes every page present.</summary>
    public void Touch()
    {
        for (long i = 0; i < _byteLength; i += 4096) Start[i] = 1;
    }

    public void Dispose() => Unmap(_mapping, (nuint)_mappedBytes);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* Map(void* address, nuint byteLength, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint byteLength);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint byteLength, int advice);
}
