namespace WasmChord.Gguf.Internal;

/// <summary>Where a value lies in its file and how that file encodes it.</summary>
/// <param name="Offset">Its first byte.</param>
/// <param name="ByteLength">Its bytes.</param>
/// <param name="LengthBytes">Bytes of a count or length: 4 in version 1, 8 since.</param>
/// <param name="IsBigEndian">Byte order.</param>
internal readonly record struct ValueLayout(long Offset, long ByteLength, int LengthBytes, bool IsBigEndian)
{
    /// <summary>A cursor over part of the value, with the file's encoding.</summary>
    public GgufCursor OpenCursor(IGgufSource source, long offset, long length, CancellationToken cancellationToken) =>
        new(source, offset, offset + length, cancellationToken) { IsBigEndian = IsBigEndian, LengthBytes = LengthBytes };
}
