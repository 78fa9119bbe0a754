using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests.Quantize;

/// <summary>Every vector twin against the scalar, bit for bit.</summary>
public class QuantizerPathTests
{
    private const int Blocks = 12;

    public static TheoryData<GgmlType, string> Cases
    {
        get
        {
            TheoryData<GgmlType, string> cases = [];
            foreach (GgmlType type in QuantizeRunner.Types)
                foreach (string kind in QuantizerSamples.Kinds) cases.Add(type, kind);
            return cases;
        }
    }

    public static TheoryData<GgmlType> BlockTypes => [.. QuantizeRunner.BlockTypes];

    [Theory]
    [MemberData(nameof(Cases))]
    public void FromFloat_OnEveryPath_GivesTheBytesOfTheScalar(GgmlType type, string kind)
    {
        // For plain types an odd count, so that tails are covered.
        int blockSize = GgmlTypeTraits.For(type).BlockSize;
        float[] source = QuantizerSamples.Make(kind, blockSize == 1 ? 1003 : blockSize * Blocks);
        byte[] expected = QuantizeRunner.Run(KernelPath.Scalar, type, source);
        foreach (KernelPath path in KernelPaths.Available)
        {
            byte[] actual = QuantizeRunner.Run(path, type, source);
            Assert.True(expected.SequenceEqual(actual), $"{type} of {kind} differs on {path}");
        }
    }

    [Theory]
    [MemberData(nameof(BlockTypes))]
    public void FromFloat_BlocksOneByOne_GivesTheBytesOfTheWholeRow(GgmlType type)
    {
        GgmlTypeTraits traits = GgmlTypeTraits.For(type);
        float[] source = QuantizerSamples.Make("gaussian", traits.BlockSize * Blocks);
        byte[] whole = QuantizeRunner.Run(KernelPaths.Best, type, source);
        for (int block = 0; block < Blocks; block++)
        {
            float[] values = source[(block * traits.BlockSize)..((block + 1) * traits.BlockSize)];
            byte[] expected = whole[(block * traits.TypeSize)..((block + 1) * traits.TypeSize)];
            Assert.Equal(expected, QuantizeRunner.Run(KernelPaths.Best, type, values));
        }
    }

    /// <summary>
    /// The twins are written with portable vectors, so each runs everywhere, if slowly; a machine without AVX-512
    /// checks that twin's arithmetic all the same.
    /// </summary>
    [Theory]
    [InlineData(GgmlType.Q8_0)]
    [InlineData(GgmlType.Q8_1)]
    [InlineData(GgmlType.Q8_K)]
    public void FromFloat_ActivationsOnTwinsTheMachineMayLack_GivesTheBytesOfTheScalar(GgmlType type)
    {
        foreach (string kind in QuantizerSamples.Kinds)
        {
            float[] source = QuantizerSamples.Make(kind, 4096, seed: 5);
            byte[] expected = QuantizeRunner.Run(KernelPath.Scalar, type, source);
            Assert.Equal(expected, QuantizeRunner.Run(KernelPath.Avx2, type, source));
            Assert.Equal(expected, QuantizeRunner.Run(KernelPath.Avx512, type, source));
        }
    }
}
