using System.Runtime.InteropServices;
using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests.Dequantize;

public unsafe class DequantizerTests
{
    // Not null and never followed.
    private static readonly byte* s_anyBytes = (byte*)64;
    private static readonly float* s_anyFloats = (float*)64;

    public static TheoryData<GgmlType> AllTypes => [.. GgmlTypeTraits.All.Select(t => t.Type)];

    [Theory]
    [MemberData(nameof(AllTypes))]
    public void ToFloat_WholeBlocks_EqualsTheScalarReference(GgmlType type)
    {
        byte[] blocks = FiniteBlocks(type, 24);
        var result = new float[24 * GgmlTypeTraits.For(type).BlockSize];
        Dequantizer.ToFloat(type, blocks, result);
        PathRunner.AssertSameBits(PathRunner.Run(KernelPath.Scalar, type, blocks),
            MemoryMarshal.Cast<float, uint>(result).ToArray(), type.ToString());
    }

    [Theory]
    [MemberData(nameof(AllTypes))]
    public void ToHalf_SeveralTiles_IsTheFloatRounded(GgmlType type)
    {
        int blockCount = 2500 / GgmlTypeTraits.For(type).BlockSize + 1;
        byte[] blocks = FiniteBlocks(type, blockCount);
        var floats = new float[blockCount * GgmlTypeTraits.For(type).BlockSize];
        var halves = new Half[floats.Length];
        Dequantizer.ToFloat(type, blocks, floats);
        Dequantizer.ToHalf(type, blocks, halves);
        Assert.Equal(floats.Select(Float16.BitsFromSingle), halves.Select(BitConverter.HalfToUInt16Bits));
    }

    [Fact]
    public void ToHalf_F16_KeepsNaNPayloads()
    {
        var halves = new Half[2];
        Dequantizer.ToHalf(GgmlType.F16, [0x01, 0x7C, 0x34, 0xFE], halves);
        Assert.Equal([0x7C01, 0xFE34], halves.Select(h => (int)BitConverter.HalfToUInt16Bits(h)));
    }

    [Fact]
    public void ToFloat_PlainNumbers_AreCast()
    {
        Assert.Equal([1.5f, -2f], Floats<double>(GgmlType.F64, [1.5, -2]));
        Assert.Equal([-128f, 127f], Floats<sbyte>(GgmlType.I8, [-128, 127]));
        Assert.Equal([-32768f, 5f], Floats<short>(GgmlType.I16, [-32768, 5]));
        Assert.Equal([-2147483648f, 16777216f], Floats<int>(GgmlType.I32, [int.MinValue, 16777217]));
        Assert.Equal([9.223372e18f, -1f], Floats<long>(GgmlType.I64, [long.MaxValue, -1]));
        Assert.Equal([0.1f, float.NegativeInfinity], Floats<float>(GgmlType.F32, [0.1f, float.NegativeInfinity]));
    }

    [Fact]
    public void ToFloat_NoValues_DoesNothing()
    {
        Dequantizer.ToFloat(GgmlType.Q4_K, [], Span<float>.Empty);
        Dequantizer.ToHalf(GgmlType.Q4_K, null, null, 0);
    }

    [Theory]
    [InlineData(143, 256)]
    [InlineData(145, 256)]
    [InlineData(0, 256)]
    [InlineData(144, 255)]
    [InlineData(144, 0)]
    public void ToFloat_LengthsThatDoNotMatch_AreRefusedWithTheNumbers(int sourceBytes, int values)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => Dequantizer.ToFloat(GgmlType.Q4_K, new byte[sourceBytes], new float[values]));
        Assert.Contains(values.ToString(), error.Message);
        Assert.Throws<ArgumentException>(
            () => Dequantizer.ToHalf(GgmlType.Q4_K, new byte[sourceBytes], new Half[values]));
    }

    [Theory]
    [InlineData(-32)]
    [InlineData(33)]
    public void ToFloat_CountOfPointersNotWholeBlocks_IsRefused(long count)
    {
        Assert.Throws<ArgumentException>(() => Dequantizer.ToFloat(GgmlType.Q8_0, s_anyBytes, s_anyFloats, count));
    }

    [Fact]
    public void ToFloat_NullPointers_AreRefused()
    {
        Assert.Throws<ArgumentNullException>(() => Dequantizer.ToFloat(GgmlType.I8, null, s_anyFloats, 1));
        Assert.Throws<ArgumentNullException>(() => Dequantizer.ToFloat(GgmlType.I8, s_anyBytes, null, 1));
        Assert.Throws<ArgumentNullException>(() => Dequantizer.ToHalf(GgmlType.I8, s_anyBytes, null, 1));
    }

    [Fact]
    public void ToFloat_WithdrawnType_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Dequantizer.ToFloat((GgmlType)4, new byte[18], new float[32]));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => DequantizeDispatch.Run(KernelPath.Scalar, (GgmlType)4, null, null, 1));
    }

    [Theory]
    [InlineData(GgmlType.Q4_K)]
    [InlineData(GgmlType.IQ3_S)]
    [InlineData(GgmlType.F16)]
    public void ToFloatAndToHalf_AfterTheFirstCall_AllocateNothing(GgmlType type)
    {
        byte[] blocks = FiniteBlocks(type, 256);
        var floats = new float[256 * GgmlTypeTraits.For(type).BlockSize];
        var halves = new Half[floats.Length];
        Dequantizer.ToFloat(type, blocks, floats);
        Dequantizer.ToHalf(type, blocks, halves);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            Dequantizer.ToFloat(type, blocks, floats);
            Dequantizer.ToHalf(type, blocks, halves);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static float[] Floats<T>(GgmlType type, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var result = new float[values.Length];
        Dequantizer.ToFloat(type, MemoryMarshal.AsBytes(values), result);
        return result;
    }

    // Bit 6 of every byte is cleared: no half, float or double made of such bytes is infinite or NaN.
    private static byte[] FiniteBlocks(GgmlType type, int count)
    {
        var blocks = new byte[count * GgmlTypeTraits.For(type).TypeSize];
        new Random(42).NextBytes(blocks);
        for (int i = 0; i < blocks.Length; i++) blocks[i] &= 0xBF;
        return blocks;
    }
}
