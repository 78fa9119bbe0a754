namespace WasmChord.Memory64;

/// <summary>Reads of a storage into memory that is not the image.</summary>
public static class StorageReads
{
    /// <summary>Reads exactly as many bytes as <paramref name="destination"/> holds; see <see cref="IStorage.Read"/>.</summary>
    /// <param name="storage">The file.</param>
    /// <param name="fileOffset">Where to begin, in bytes.</param>
    /// <param name="destination">Receives the bytes; undefined after an exception.</param>
    /// <exception cref="StorageException">The file ended, the system reported an error, or the storage is closed.</exception>
    public static unsafe void Read(this IStorage storage, long fileOffset, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(storage);
        fixed (byte* start = destination) storage.Read(fileOffset, start, destination.Length);
    }
}
