using WasmChord.Gguf;

namespace WasmChord.Cli;

/// <summary>A part of a tensor that is checked as one: a segment of the default image, or a piece of a tensor of no known layer.</summary>
/// <param name="Tensor">Its tensor.</param>
/// <param name="TensorByteOffset">Where it starts in the tensor's data, in bytes.</param>
/// <param name="ByteLength">Its length in bytes.</param>
internal readonly record struct Extent(TensorInfo Tensor, long TensorByteOffset, long ByteLength)
{
    /// <summary>Where it starts in its file, in bytes.</summary>
    public long FileOffset => Tensor.FileOffset + TensorByteOffset;
}
