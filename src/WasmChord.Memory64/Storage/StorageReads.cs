namespace WasmChord.Memory64;

/// <summary>Reads for callers that hold spans.</summary>
public static class StorageReads
{
    /// <summary>Reads exactly as many bytes as <paramref name="destination"/> holds.</summary>
    /// <param name="storage">The file.</param>
    /// <param name="fileOffset">Where to begin.</param>
    /// <param name="destination">Receives the bytes; after an exception its content is undefined.</param>
    /// <exception cref="StorageException">The file ended, the system reported an error, or the storage is closed.</exception>
    public static unsafe void Read(this IStorage storage, long fileOffset, Span<byte> destination)
    {
        fixed (byte* start = destination) storage.Read(fileOffset, start, destination.Length);
    }
}
