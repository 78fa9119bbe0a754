using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests.Quantize;

/// <summary>NaN, infinities, and values whose scale leaves the range of its format.</summary>
public class QuantizerNotFiniteTests
{
    public static TheoryData<GgmlType, float> Cases
    {
        get
        {
            TheoryData<GgmlType, float> cases = [];
            foreach (GgmlType type in QuantizeRunner.BlockTypes)
                foreach (float bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
                    cases.Add(type, bad);
            return cases;
        }
    }

    public static TheoryData<GgmlType> BlockTypes => [.. QuantizeRunner.BlockTypes];

    [Theory]
    [MemberData(nameof(Cases))]
    public void FromFloat_OneBadValue_TurnsItsBlockIntoNaNAndNoOther(GgmlType type, float bad)
    {
        GgmlTypeTraits traits = GgmlTypeTraits.For(type);
        float[] clean = QuantizerSamples.Make("gaussian", 3 * traits.BlockSize);
        foreach (int position in (int[])[0, 7, traits.BlockSize / 2, traits.BlockSize - 1])
        {
            float[] source = [.. clean];
            source[traits.BlockSize + position] = bad;
            foreach (KernelPath path in KernelPaths.Available)
            {
                byte[] blocks = QuantizeRunner.Run(path, type, source);
                byte[] expected = QuantizeRunner.Run(path, type, clean);
                Assert.Equal(expected[..traits.TypeSize], blocks[..traits.TypeSize]);
                Assert.Equal(expected[(2 * traits.TypeSize)..], blocks[(2 * traits.TypeSize)..]);
                float[] values = QuantizeRunner.Dequantize(type, blocks);
                Assert.All(values[traits.BlockSize..(2 * traits.BlockSize)], v => Assert.True(float.IsNaN(v)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(BlockTypes))]
    public void FromFloat_KindOfBadValue_DoesNotShowInTheBytes(GgmlType type)
    {
        float[] source = QuantizerSamples.Make("gaussian", GgmlTypeTraits.For(type).BlockSize);
        source[3] = float.NaN;
        byte[] ofNaN = QuantizeRunner.Run(KernelPath.Scalar, type, source);
        source[3] = float.NegativeInfinity;
        foreach (KernelPath path in KernelPaths.Available) Assert.Equal(ofNaN, QuantizeRunner.Run(path, type, source));
    }

    [Theory]
    [InlineData(GgmlType.F16, 0x7F80_0000u, 0x7C00)]
    [InlineData(GgmlType.F16, 0xFF80_0000u, 0xFC00)]
    [InlineData(GgmlType.F16, 0x7F80_0001u, 0x7E00)]
    [InlineData(GgmlType.F16, 0xFFFF_FFFFu, 0xFE00)]
    [InlineData(GgmlType.F16, 0x477F_EFFFu, 0x7BFF)] // just below the half way from 65,504 to 65,536
    [InlineData(GgmlType.F16, 0x477F_F000u, 0x7C00)]
    [InlineData(GgmlType.BF16, 0x7F80_0000u, 0x7F80)]
    [InlineData(GgmlType.BF16, 0xFF80_0000u, 0xFF80)]
    [InlineData(GgmlType.BF16, 0x7F80_0001u, 0x7FC0)]
    [InlineData(GgmlType.BF16, 0xFFA1_FFFFu, 0xFFE1)]
    [InlineData(GgmlType.BF16, 0x3F80_8000u, 0x3F80)] // ties go to even
    [InlineData(GgmlType.BF16, 0x3F81_8000u, 0x3F82)]
    [InlineData(GgmlType.BF16, 0x7F7F_FFFFu, 0x7F80)]
    public void FromFloat_PlainTypes_KeepWhatIsNotFinite(GgmlType type, uint bits, int expected)
    {
        float[] source = new float[17];
        Array.Fill(source, BitConverter.UInt32BitsToSingle(bits));
        foreach (KernelPath path in KernelPaths.Available)
        {
            byte[] codes = QuantizeRunner.Run(path, type, source);
            for (int i = 0; i < source.Length; i++) Assert.Equal(expected, BitConverter.ToUInt16(codes, 2 * i));
        }
    }

    [Theory]
    [MemberData(nameof(BlockTypes))]
    public void FromFloat_Denormals_DequantizeToZero(GgmlType type)
    {
        float[] source = QuantizerSamples.Make("denormal", 1024);
        Assert.Contains(source, v => v != 0);
        Assert.All(QuantizeRunner.RoundTrip(type, source), v => Assert.Equal(0f, v));
    }

    [Theory]
    [MemberData(nameof(BlockTypes))]
    public void FromFloat_ScaleBeyondHalf_IsInfiniteRatherThanWrong(GgmlType type)
    {
        if (type == GgmlType.Q8_K) return; // its scale is a float: QuantizerErrorTests
        float[] values = QuantizeRunner.RoundTrip(type, QuantizerSamples.Make("huge", 1024));
        Assert.Contains(values, v => !float.IsFinite(v));
        Assert.All(values, v => Assert.True(!float.IsFinite(v) || v == 0f || Math.Abs(v) > 1e4f));
    }
}
