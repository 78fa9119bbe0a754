namespace WasmChord.Gguf;

/// <summary>A layer and the tensors that belong to it, in file order.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Tensors">Its tensors, ordered by file and offset.</param>
/// <param name="ByteLength">Sum of their data, in bytes, without padding.</param>
public sealed record ModelLayer(LayerId Id, IReadOnlyList<TensorInfo> Tensors, long ByteLength);
