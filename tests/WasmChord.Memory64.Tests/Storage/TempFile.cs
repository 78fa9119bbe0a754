namespace WasmChord.Memory64.Tests;

/// <summary>A file of reproducible random bytes in the folder for temporary files, deleted when disposed.</summary>
internal sealed class TempFile : IDisposable
{
    public TempFile(int length, string? folder = null)
    {
        Path = System.IO.Path.Combine(folder ?? System.IO.Path.GetTempPath(), $"wasmchord-{Guid.NewGuid():n}.bin");
        Content = new byte[length];
        new Random(length).NextBytes(Content);
        File.WriteAllBytes(Path, Content);
    }

    public string Path { get; }

    public byte[] Content { get; }

    public void Truncate(long length)
    {
        using FileStream stream = new(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.SetLength(length);
    }

    public IStorage Open(StorageMode mode, int requestBytes = StorageOptions.DefaultRequestBytes, bool keepPageCache = false)
    {
        StorageOptions options = new(mode, requestBytes, keepPageCache);
        if (mode == StorageMode.Buffered) return BufferedStorage.Open(Path, options);
        Skip.IfNot(DirectStorage.TryOpen(Path, options, out DirectStorage? direct, out string refusal), refusal);
        return direct;
    }

    public void Dispose() => File.Delete(Path);
}
