namespace WasmChord.Memory64;

/// <summary>A byte range of a file and its checksum.</summary>
/// <param name="Offset">Where it starts in the file, in bytes.</param>
/// <param name="ByteLength">Its length in bytes.</param>
/// <param name="Checksum">Its XxHash3, as <see cref="SegmentChecksum"/> computes it.</param>
public readonly record struct ChecksumExtent(long Offset, long ByteLength, ulong Checksum);
