using WasmChord.Gguf;
using WasmChord.Kernels;
using WasmChord.Memory64;

namespace WasmChord.Inference;

/// <summary>Encodes activations for a product; threads share the positions.</summary>
internal sealed class EncodeJob(NativeBuffer encoded) : IComputeJob
{
    internal FloatRows Input { get; set; } = null!;

    internal int Columns { get; set; }

    internal GgmlType Type { get; set; }

    internal int RowBytes { get; set; }

    internal int PositionCount { get; set; }

    public void Run(int part, int partCount)
    {
        for (int p = part; p < PositionCount; p += partCount)
            Activations.Encode(Type, Input[p][..Columns], encoded.Span.Slice(p * RowBytes, RowBytes));
    }
}
