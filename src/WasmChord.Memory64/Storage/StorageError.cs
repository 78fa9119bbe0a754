namespace WasmChord.Memory64;

/// <summary>The ways in which storage fails.</summary>
public enum StorageError
{
    /// <summary>The file cannot be opened: it does not exist, may not be read, or is a folder.</summary>
    CannotOpen,

    /// <summary>The file ends before the bytes asked for: it is shorter than its header promises, or was truncated.</summary>
    EndOfFile,

    /// <summary>The operating system reported an error; <see cref="StorageException.Errno"/> holds it where known.</summary>
    Io,

    /// <summary>The storage has been disposed.</summary>
    Closed,

    /// <summary>The file is no longer the one that was opened: its length or its time of modification changed.</summary>
    Changed,

    /// <summary>A checksum file is broken, or speaks of another file.</summary>
    BadChecksumFile,
}
