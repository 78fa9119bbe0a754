using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests.Quantize;

/// <summary>The public edge: which types, which sizes, and that nothing is allocated.</summary>
public unsafe class QuantizerEdgeTests
{
    public static TheoryData<GgmlType> Types => [.. QuantizeRunner.Types];

    public static TheoryData<GgmlType> BlockTypes => [.. QuantizeRunner.BlockTypes];

    [Fact]
    public void CanQuantize_EveryType_IsTrueForTheWrittenOnes()
    {
        GgmlType[] expected =
        [
            GgmlType.F16, GgmlType.BF16, GgmlType.Q4_0, GgmlType.Q4_1, GgmlType.Q5_0, GgmlType.Q5_1, GgmlType.Q8_0,
            GgmlType.Q8_1, GgmlType.Q2_K, GgmlType.Q3_K, GgmlType.Q4_K, GgmlType.Q5_K, GgmlType.Q6_K, GgmlType.Q8_K,
        ];
        Assert.Equal(expected.Order(), QuantizeRunner.Types.Order());
        Assert.False(Quantizer.CanQuantize((GgmlType)4));
    }

    [Theory]
    [InlineData(GgmlType.F32)]
    [InlineData(GgmlType.IQ2_XXS)]
    [InlineData(GgmlType.I32)]
    public void FromFloat_TypeOnlyRead_IsNotSupported(GgmlType type)
    {
        var error = Assert.Throws<NotSupportedException>(
            () => Quantizer.FromFloat(type, new float[256], new byte[2048]));
        Assert.Contains(type.ToString(), error.Message);
        Assert.Throws<NotSupportedException>(() => QuantizeDispatch.Run(KernelPath.Scalar, type, null, null, 0));
    }

    [Fact]
    public void FromFloat_WithdrawnType_IsOutOfRange() => Assert.Throws<ArgumentOutOfRangeException>(
        () => Quantizer.FromFloat((GgmlType)4, new float[256], new byte[2048]));

    [Theory]
    [MemberData(nameof(BlockTypes))]
    public void FromFloat_PartOfABlock_IsRefusedWithTheNumbers(GgmlType type)
    {
        int blockSize = GgmlTypeTraits.For(type).BlockSize;
        var destination = new byte[4096];
        var error = Assert.Throws<ArgumentException>(
            () => Quantizer.FromFloat(type, new float[blockSize + 1], destination));
        Assert.Contains($"{blockSize + 1}", error.Message);
        Assert.Contains($"{blockSize}", error.Message);
        Assert.All(destination, b => Assert.Equal(0, b));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void FromFloat_DestinationOneByteShort_IsRefusedWithTheNumbers(GgmlType type)
    {
        GgmlTypeTraits traits = GgmlTypeTraits.For(type);
        var destination = new byte[(2 * traits.TypeSize) - 1];
        var error = Assert.Throws<ArgumentException>(
            () => Quantizer.FromFloat(type, new float[2 * traits.BlockSize], destination));
        Assert.Contains($"{2 * traits.TypeSize} bytes", error.Message);
        Assert.Contains($"{destination.Length}", error.Message);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void FromFloat_LongerDestination_LeavesTheRestAlone(GgmlType type)
    {
        GgmlTypeTraits traits = GgmlTypeTraits.For(type);
        var destination = new byte[traits.TypeSize + 7];
        Array.Fill(destination, (byte)0x5A);
        Quantizer.FromFloat(type, QuantizerSamples.Make("gaussian", traits.BlockSize), destination);
        Assert.All(destination[traits.TypeSize..], b => Assert.Equal(0x5A, b));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void FromFloat_NoValues_WritesNothing(GgmlType type)
    {
        Quantizer.FromFloat(type, [], []);
        Quantizer.FromFloat(type, null, null, 0);
        byte[] destination = [1, 2, 3];
        Quantizer.FromFloat(type, [], destination);
        Assert.Equal([1, 2, 3], destination);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void FromFloat_Pointers_GiveWhatSpansGive(GgmlType type)
    {
        float[] source = QuantizerSamples.Make("gaussian", 512);
        var bySpan = new byte[GgmlTypeTraits.For(type).BytesFor(512)];
        var byPointer = new byte[bySpan.Length];
        Quantizer.FromFloat(type, source, bySpan);
        fixed (float* from = source)
        fixed (byte* to = byPointer)
            Quantizer.FromFloat(type, from, to, source.Length);
        Assert.Equal(bySpan, byPointer);
        Assert.Contains(bySpan, b => b != 0);
    }

    [Fact]
    public void FromFloat_BadPointersOrCounts_AreRefused()
    {
        float value = 0;
        byte target = 0;
        nint from = (nint)(&value), to = (nint)(&target);
        Assert.Throws<ArgumentNullException>(() => Quantizer.FromFloat(GgmlType.F16, null, (byte*)to, 1));
        Assert.Throws<ArgumentNullException>(() => Quantizer.FromFloat(GgmlType.F16, (float*)from, null, 1));
        Assert.Throws<ArgumentException>(() => Quantizer.FromFloat(GgmlType.F16, (float*)from, (byte*)to, -1));
        Assert.Throws<ArgumentException>(() => Quantizer.FromFloat(GgmlType.Q4_K, (float*)from, (byte*)to, 32));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void FromFloat_AfterWarmUp_AllocatesNothing(GgmlType type)
    {
        float[] source = QuantizerSamples.Make("gaussian", 1024);
        var destination = new byte[GgmlTypeTraits.For(type).BytesFor(1024)];
        Quantizer.FromFloat(type, source, destination);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) Quantizer.FromFloat(type, source, destination);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
