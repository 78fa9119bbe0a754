using Microsoft.Win32.SafeHandles;

namespace WasmChord.Memory64;

/// <summary>Reads through the page cache, and leaves nothing in it unless told to.</summary>
public sealed unsafe class BufferedStorage : FileStorage
{
    private readonly int _requestBytes;
    private readonly bool _dropsPages;

    private BufferedStorage(string path, SafeFileHandle handle, StorageIdentity identity, StorageOptions options)
        : base(path, handle, identity)
    {
        _requestBytes = options.RequestBytes;
        _dropsPages = !options.KeepPageCache && Posix.IsSupported;
    }

    /// <inheritdoc/>
    public override StorageMode Mode => StorageMode.Buffered;

    /// <summary>Opens a file.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.CannotOpen"/>.</exception>
    public static BufferedStorage Open(string path, StorageOptions options)
    {
        options.Validate();
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(StorageError.CannotOpen, path, -1, "a readable file", e.Message, 0, e);
        }
        try
        {
            return new BufferedStorage(path, handle, StatusOf(handle, path).Identity, options);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Drops an extent from the page cache, unless pages are to be kept there.</summary>
    internal void DropFromPageCache(long fileOffset, long byteLength)
    {
        if (_dropsPages) Posix.Advise(Handle, fileOffset, byteLength, Posix.AdviseDontNeed);
    }

    private protected override void ReadExactly(long fileOffset, byte* destination, long byteLength)
    {
        long done = 0;
        while (done < byteLength)
        {
            int request = (int)Math.Min(_requestBytes, byteLength - done);
            int read;
            try
            {
                read = RandomAccess.Read(Handle, new Span<byte>(destination + done, request), fileOffset + done);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new StorageException(StorageError.Io, Name, fileOffset + done, $"{request} bytes", e.Message, 0, e);
            }
            if (read == 0) throw Ended(fileOffset, byteLength, fileOffset + done);
            // Dropped request by request, so that a long read never holds more than one request in the cache.
            DropFromPageCache(fileOffset + done, read);
            done += read;
        }
    }
}
