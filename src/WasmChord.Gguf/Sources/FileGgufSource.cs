using Microsoft.Win32.SafeHandles;

namespace WasmChord.Gguf;

/// <summary>A file, read by explicit positioned reads. Never memory-mapped: a truncated file is an error, not a signal.</summary>
public sealed class FileGgufSource : IGgufSource
{
    private readonly SafeFileHandle _handle;

    /// <summary>Opens the file for shared reading.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="GgufFormatException">The path names a directory or a device without a length.</exception>
    public FileGgufSource(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
            throw new GgufFormatException(GgufError.NotAFile, $"{path} is a directory, not a GGUF file");
        Name = path;
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            Length = RandomAccess.GetLength(_handle);
        }
        catch (Exception e) when (e is NotSupportedException or IOException)
        {
            _handle.Dispose();
            throw new GgufFormatException(GgufError.NotAFile, $"{path} has no length: not a regular file", innerException: e);
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long Length { get; }

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken = default) =>
        RandomAccess.ReadAsync(_handle, buffer, offset, cancellationToken);

    /// <summary>Closes the file.</summary>
    public void Dispose() => _handle.Dispose();
}
