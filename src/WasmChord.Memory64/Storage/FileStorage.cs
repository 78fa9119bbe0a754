using Microsoft.Win32.SafeHandles;

namespace WasmChord.Memory64;

/// <summary>A file behind an open handle; what buffered and direct reading share.</summary>
public abstract unsafe class FileStorage : IStorage
{
    private protected FileStorage(string path, SafeFileHandle handle, StorageIdentity identity)
    {
        Name = path;
        Handle = handle;
        Identity = identity;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public abstract StorageMode Mode { get; }

    /// <inheritdoc/>
    public long Length => Identity.Length;

    /// <inheritdoc/>
    public StorageIdentity Identity { get; }

    /// <inheritdoc/>
    public virtual long BufferBytes => 0;

    /// <inheritdoc/>
    public virtual long MaxBufferBytes => 0;

    private protected SafeFileHandle Handle { get; }

    /// <inheritdoc/>
    public void Read(long fileOffset, byte* destination, long byteLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fileOffset);
        ArgumentOutOfRangeException.ThrowIfNegative(byteLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(byteLength, long.MaxValue - fileOffset);
        try
        {
            ObjectDisposedException.ThrowIf(Handle.IsClosed, this);
            if (byteLength > 0) ReadExactly(fileOffset, destination, byteLength);
        }
        catch (ObjectDisposedException e)
        {
            throw new StorageException(StorageError.Closed, Name, fileOffset, $"{byteLength} bytes", "a closed storage", 0, e);
        }
    }

    /// <inheritdoc/>
    public StorageIdentity Stat()
    {
        try
        {
            return StatusOf(Handle, Name).Identity;
        }
        catch (ObjectDisposedException e)
        {
            throw new StorageException(StorageError.Closed, Name, -1, "an open file", "a closed storage", 0, e);
        }
    }

    /// <inheritdoc/>
    public void EnsureUnchanged()
    {
        StorageIdentity now = Stat();
        if (now != Identity) throw new StorageException(StorageError.Changed, Name, -1, Identity.ToString(), now.ToString());
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        Handle.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract void ReadExactly(long fileOffset, byte* destination, long byteLength);

    private protected StorageException Ended(long fileOffset, long byteLength, long endOffset) =>
        new(StorageError.EndOfFile, Name, fileOffset, $"{byteLength} bytes", $"the end of the file at {endOffset} (it had {Length} bytes when opened)");

    private protected static FileStatus StatusOf(SafeFileHandle handle, string path) =>
        Posix.IsSupported && Posix.TryGetStatus(handle, out FileStatus status, out _) ? status : PortableStatusOf(handle, path);

    /// <summary>What every platform tells: length and time of modification.</summary>
    internal static FileStatus PortableStatusOf(SafeFileHandle handle, string path)
    {
        try
        {
            long modified = (File.GetLastWriteTimeUtc(handle) - DateTime.UnixEpoch).Ticks * 100;
            return new FileStatus(new StorageIdentity(RandomAccess.GetLength(handle), modified, 0, 0), 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new StorageException(StorageError.Io, path, -1, "the file's status", e.Message, 0, e);
        }
    }
}
