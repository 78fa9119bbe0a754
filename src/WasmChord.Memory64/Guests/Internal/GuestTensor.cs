using WasmChord.Gguf;

namespace WasmChord.Memory64;

/// <summary>A tensor as it lies in the image.</summary>
/// <param name="Info">What the file says of it.</param>
/// <param name="Type">Its type in the image.</param>
/// <param name="RegionIndex">Its region.</param>
/// <param name="Address">Its first byte in that region.</param>
/// <param name="ByteLength">Its bytes there.</param>
internal sealed record GuestTensor(TensorInfo Info, GgmlType Type, int RegionIndex, long Address, long ByteLength);
