namespace WasmChord.Memory64;

/// <summary>What a sidecar knows of a byte range that was loaded as a segment.</summary>
/// <param name="FileIndex">Which file of a split model.</param>
/// <param name="Offset">Where it starts in that file, in bytes.</param>
/// <param name="ByteLength">Its length in the file, in bytes.</param>
/// <param name="Checksum">Its XxHash3 as an earlier run read it; null where it never was.</param>
/// <param name="Uses">How often requests have used it; what is long ago counts for less.</param>
/// <param name="FirstUse">Its place in the order in which segments were first used, from 0.</param>
public readonly record struct SidecarExtent(int FileIndex, long Offset, long ByteLength, ulong? Checksum, uint Uses, uint FirstUse);
