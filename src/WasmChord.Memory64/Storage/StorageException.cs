namespace WasmChord.Memory64;

/// <summary>A read of a model file failed. The message names file, offset, what was expected and what was found.</summary>
public sealed class StorageException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">What went wrong.</param>
    /// <param name="file">Which file.</param>
    /// <param name="offset">Where in the file, in bytes; −1 where no single place is to blame.</param>
    /// <param name="expected">What was expected, numbers included.</param>
    /// <param name="actual">What was found.</param>
    /// <param name="errno">The operating system's error number; 0 where there is none.</param>
    /// <param name="innerException">What caused it, if anything.</param>
    public StorageException(
        StorageError error,
        string file,
        long offset,
        string expected,
        string actual,
        int errno = 0,
        Exception? innerException = null)
        : base(Describe(file, offset, expected, actual), innerException)
    {
        Error = error;
        File = file;
        Offset = offset;
        Errno = errno;
    }

    /// <summary>What went wrong.</summary>
    public StorageError Error { get; }

    /// <summary>Which file.</summary>
    public string File { get; }

    /// <summary>Where in the file, in bytes; −1 where no single place is to blame.</summary>
    public long Offset { get; }

    /// <summary>The operating system's error number; 0 where there is none.</summary>
    public int Errno { get; }

    /// <summary>True where trying again may help: an I/O error may pass, a file that ended or changed does not come back.</summary>
    public bool IsTransient => Error == StorageError.Io;

    private static string Describe(string file, long offset, string expected, string actual) =>
        offset >= 0
            ? $"{file}, offset {offset}: expected {expected}, got {actual}"
            : $"{file}: expected {expected}, got {actual}";
}
