namespace WasmChord.Memory64;

/// <summary>
/// A file of a model, read at explicit positions. Any number of threads may read at once; reads are synchronous and
/// belong on threads that may block.
/// </summary>
public interface IStorage : IDisposable
{
    /// <summary>The file's path, or what stands for it in messages.</summary>
    string Name { get; }

    /// <summary>How it is read; never <see cref="StorageMode.Auto"/>.</summary>
    StorageMode Mode { get; }

    /// <summary>Length in bytes when it was opened.</summary>
    long Length { get; }

    /// <summary>The file's identity when it was opened.</summary>
    StorageIdentity Identity { get; }

    /// <summary>Native memory that it holds for its own buffers now, in bytes.</summary>
    long BufferBytes { get; }

    /// <summary>Native memory that it may ever hold for its own buffers, in bytes: what a budget reserves for it.</summary>
    long MaxBufferBytes { get; }

    /// <summary>
    /// Reads exactly the bytes [<paramref name="fileOffset"/>, <paramref name="fileOffset"/> +
    /// <paramref name="byteLength"/>) into <paramref name="destination"/> and touches no other memory: neighbours may be
    /// in use. After an exception the content of the destination's own bytes is undefined.
    /// </summary>
    /// <exception cref="StorageException">The file ended, the system reported an error, or the storage is closed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A negative offset or length.</exception>
    unsafe void Read(long fileOffset, byte* destination, long byteLength);

    /// <summary>The file's identity now, seen through the open handle.</summary>
    /// <exception cref="StorageException">The storage is closed, or the system reported an error.</exception>
    StorageIdentity Stat();

    /// <summary>
    /// Throws where the open file was written to or truncated since it was opened. A file that was replaced by a
    /// rename keeps serving its old content through the open handle, and that counts as unchanged.
    /// </summary>
    /// <exception cref="StorageException"><see cref="StorageError.Changed"/>, with both identities.</exception>
    void EnsureUnchanged();
}
