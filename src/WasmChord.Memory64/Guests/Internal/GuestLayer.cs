using WasmChord.Gguf;

namespace WasmChord.Memory64;

/// <summary>A layer as guests see it.</summary>
/// <param name="Id">Which.</param>
/// <param name="Segments">Its segments, ids ascending.</param>
/// <param name="Tensors">Its tensors, addresses ascending.</param>
internal sealed record GuestLayer(LayerId Id, SegmentId[] Segments, GuestTensor[] Tensors)
{
    /// <summary>Its first byte in its region.</summary>
    public long Address => Tensors[0].Address;

    /// <summary>Bytes from its first to its last, padding included.</summary>
    public long ByteLength => Tensors[^1].Address + Tensors[^1].ByteLength - Address;
}
