using WasmChord.Gguf;

namespace WasmChord.Memory64;

/// <summary>A segment that has its place but not yet its number and frames.</summary>
internal readonly record struct Piece(
    LayerId Layer,
    TensorInfo Tensor,
    int TensorIndex,
    long TensorByteOffset,
    long FileByteLength,
    int RegionIndex,
    long Address,
    long ByteLength);
