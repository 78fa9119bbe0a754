namespace WasmChord.Memory64;

/// <summary>One region of an image: a 64-bit linear memory.</summary>
/// <param name="Index">Its index among the image's regions.</param>
/// <param name="Name"><c>model</c> for the only one; else <c>embedding</c>, <c>blk.0-7</c>, <c>head</c>.</param>
/// <param name="ByteLength">Its size in bytes, a multiple of 2 MiB: address space, not memory.</param>
/// <param name="FirstFrame">The first of its frames, counted over all regions.</param>
/// <param name="FrameCount">Its frames.</param>
public sealed record RegionPlan(int Index, string Name, long ByteLength, int FirstFrame, int FrameCount);
