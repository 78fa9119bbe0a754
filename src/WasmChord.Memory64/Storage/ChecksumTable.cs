namespace WasmChord.Memory64;

/// <summary>The checksum files of a model's files, looked up by file, offset and length.</summary>
public sealed class ChecksumTable
{
    private readonly ChecksumFile?[] _files;

    /// <summary>Gathers checksum files.</summary>
    /// <param name="files">By file index of the split model; null for a file without checksums.</param>
    public ChecksumTable(IEnumerable<ChecksumFile?> files) => _files = [.. files];

    /// <summary>True where no file has checksums.</summary>
    public bool IsEmpty => Array.TrueForAll(_files, f => f is null);

    /// <summary>Reads the checksum files that lie beside the files of a model.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.BadChecksumFile"/>.</exception>
    public static ChecksumTable LoadBeside(IEnumerable<string> modelPaths) => new(modelPaths.Select(ChecksumFile.TryLoadBeside));

    /// <summary>The checksum of exactly this extent; false where there is none.</summary>
    public bool TryGet(int fileIndex, long offset, long byteLength, out ulong checksum)
    {
        checksum = 0;
        return (uint)fileIndex < (uint)_files.Length && _files[fileIndex] is { } file && file.TryGet(offset, byteLength, out checksum);
    }
}
