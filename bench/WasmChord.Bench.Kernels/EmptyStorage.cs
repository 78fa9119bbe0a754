using WasmChord.Memory64;

namespace WasmChord.Bench.Kernels;

/// <summary>A storage whose reads deliver nothing, at once: what remains is the cost of asking.</summary>
internal sealed unsafe class EmptyStorage(string path) : IStorage
{
    public string Name => path;

    public StorageMode Mode => StorageMode.Buffered;

    public long Length { get; } = new FileInfo(path).Length;

    public StorageIdentity Identity => new(Length, 0, 0, 0);

    public long BufferBytes => 0;

    public long MaxBufferBytes => 0;

    public void Read(long fileOffset, byte* destination, long byteLength)
    {
    }

    public StorageIdentity Stat() => Identity;

    public void EnsureUnchanged()
    {
    }

    public void Dispose()
    {
    }
}
