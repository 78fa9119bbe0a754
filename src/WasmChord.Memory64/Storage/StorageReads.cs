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

    /// <summary>Reads a committed segment into its place.</summary>
    /// <param name="storage">The segment's file.</param>
    /// <param name="segment">The segment; raw residency.</param>
    /// <param name="image">The image that it is committed in.</param>
    /// <exception cref="StorageException">The file ended, the system reported an error, or the storage is closed.</exception>
    public static unsafe void Read(this IStorage storage, Segment segment, IImageMemory image) =>
        storage.Read(segment.FileOffset, image.AddressOf(segment), segment.FileByteLength);
}
