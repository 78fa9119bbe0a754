using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests.Dequantize;

/// <summary>Every type against the bits that ggml computes, on every path of this machine.</summary>
public class DequantizerVectorTests
{
    private static readonly GgmlType[] s_withoutVectors =
        [GgmlType.F32, GgmlType.F64, GgmlType.I8, GgmlType.I16, GgmlType.I32, GgmlType.I64];

    public static TheoryData<GgmlType> TypesWithVectors =>
        [.. GgmlTypeTraits.All.Select(t => t.Type).Except(s_withoutVectors)];

    [SkippableTheory]
    [MemberData(nameof(TypesWithVectors))]
    public void ToFloat_VectorsOfGgml_GivesTheSameBits(GgmlType type)
    {
        (byte[] blocks, uint[] expected) = QuantVectors.Load(type);
        foreach (KernelPath path in KernelPaths.Available)
            PathRunner.AssertSameBits(expected, PathRunner.Run(path, type, blocks), $"{type} on {path}");
    }
}
