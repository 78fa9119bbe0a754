using System.Runtime.InteropServices;

namespace WasmChord.Memory64.Tests;

/// <summary>Native memory with a guard on both sides, whose bytes must stay what they are.</summary>
internal sealed unsafe class CanaryBuffer : IDisposable
{
    private const int GuardBytes = 3 * 4096;
    private const byte Canary = 0xCD;

    private readonly byte* _block;
    private readonly int _blockBytes;

    public CanaryBuffer(int maxBytes)
    {
        _blockBytes = maxBytes + 2 * GuardBytes + 4096;
        _block = (byte*)NativeMemory.AlignedAlloc((nuint)_blockBytes, 4096);
    }

    /// <summary>Reads into an address that is <paramref name="skew"/> more than the file offset, modulo 4,096, and checks everything.</summary>
    public void ReadAndCompare(IStorage storage, byte[] content, int offset, int length, int skew)
    {
        new Span<byte>(_block, _blockBytes).Fill(Canary);
        int at = GuardBytes + (offset + skew) % 4096;
        storage.Read(offset, _block + at, length);
        Assert.True(content.AsSpan(offset, length).SequenceEqual(new Span<byte>(_block + at, length)), $"content of {offset}+{length}, skew {skew}");
        Assert.True(IsUntouched(at, length), $"neighbours of {offset}+{length}, skew {skew}");
    }

    /// <summary>Reads and returns the exception; the neighbours must be untouched.</summary>
    public StorageException ReadAndFail(IStorage storage, long offset, int length, int skew = 0)
    {
        new Span<byte>(_block, _blockBytes).Fill(Canary);
        int at = GuardBytes + (int)((offset + skew) % 4096);
        StorageException e = Assert.Throws<StorageException>(() => storage.Read(offset, _block + at, length));
        Assert.True(IsUntouched(at, length), $"neighbours of {offset}+{length}, skew {skew}");
        return e;
    }

    public void Dispose() => NativeMemory.AlignedFree(_block);

    private bool IsUntouched(int at, int length) =>
        new Span<byte>(_block, at).IndexOfAnyExcept(Canary) < 0
        && new Span<byte>(_block + at + length, _blockBytes - at - length).IndexOfAnyExcept(Canary) < 0;
}
