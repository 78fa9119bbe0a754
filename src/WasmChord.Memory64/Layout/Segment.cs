using WasmChord.Gguf;

namespace WasmChord.Memory64;

/// <summary>
/// The unit of residency: a tensor, or a row-aligned tile of a large one, or an expert's slice. Its place in the image
/// is a fixed function of its place in the file.
/// </summary>
/// <param name="Id">Its index in the segment table.</param>
/// <param name="Layer">The layer it belongs to; segments never cross layers.</param>
/// <param name="TensorIndex">Index of its tensor in the model.</param>
/// <param name="TensorByteOffset">Where it starts within its tensor, in file bytes.</param>
/// <param name="FileIndex">Which file of a split model holds it.</param>
/// <param name="FileOffset">Where it starts in that file, in bytes.</param>
/// <param name="FileByteLength">Its length in the file, in bytes.</param>
/// <param name="RegionIndex">Which region of the image it lies in.</param>
/// <param name="Address">Where it starts in that region's linear memory, in bytes.</param>
/// <param name="ByteLength">Its length in the image, in bytes: the file's for raw residency, more when decoded.</param>
/// <param name="FirstFrame">The first frame it touches, counted over all regions of the image.</param>
/// <param name="FrameCount">How many frames it touches; the first and the last may be shared with neighbours.</param>
public sealed record Segment(
    SegmentId Id,
    LayerId Layer,
    int TensorIndex,
    long TensorByteOffset,
    int FileIndex,
    long FileOffset,
    long FileByteLength,
    int RegionIndex,
    long Address,
    long ByteLength,
    int FirstFrame,
    int FrameCount);
