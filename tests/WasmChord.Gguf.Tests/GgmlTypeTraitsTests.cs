namespace WasmChord.Gguf.Tests;

public class GgmlTypeTraitsTests
{
    [Fact]
    public void All_EveryType_IsListedOnce()
    {
        Assert.Equal(Enum.GetValues<GgmlType>().Order(), GgmlTypeTraits.All.Select(traits => traits.Type).Order());
        Assert.All(GgmlTypeTraits.All, traits => Assert.Equal(traits, GgmlTypeTraits.For(traits.Type)));
    }

    // Written down from the block structures of ggml-common.h, field by field: scales, minima, high bits, quants.
    [Theory]
    [InlineData(GgmlType.F32, 1, 4)]
    [InlineData(GgmlType.Q4_0, 32, 2 + 16)]
    [InlineData(GgmlType.Q4_1, 32, 2 + 2 + 16)]
    [InlineData(GgmlType.Q5_0, 32, 2 + 4 + 16)]
    [InlineData(GgmlType.Q5_1, 32, 2 + 2 + 4 + 16)]
    [InlineData(GgmlType.Q8_0, 32, 2 + 32)]
    [InlineData(GgmlType.Q8_1, 32, 2 + 2 + 32)]
    [InlineData(GgmlType.Q2_K, 256, 16 + 64 + 2 + 2)]
    [InlineData(GgmlType.Q3_K, 256, 32 + 64 + 12 + 2)]
    [InlineData(GgmlType.Q4_K, 256, 2 + 2 + 12 + 128)]
    [InlineData(GgmlType.Q5_K, 256, 2 + 2 + 12 + 32 + 128)]
    [InlineData(GgmlType.Q6_K, 256, 128 + 64 + 16 + 2)]
    [InlineData(GgmlType.Q8_K, 256, 4 + 256 + 32)]
    [InlineData(GgmlType.IQ2_XXS, 256, 2 + 64)]
    [InlineData(GgmlType.IQ2_XS, 256, 2 + 64 + 8)]
    [InlineData(GgmlType.IQ2_S, 256, 2 + 64 + 8 + 8)]
    [InlineData(GgmlType.IQ3_XXS, 256, 2 + 96)]
    [InlineData(GgmlType.IQ3_S, 256, 2 + 64 + 8 + 32 + 4)]
    [InlineData(GgmlType.IQ1_S, 256, 2 + 32 + 16)]
    [InlineData(GgmlType.IQ1_M, 256, 32 + 16 + 8)]
    [InlineData(GgmlType.IQ4_NL, 32, 2 + 16)]
    [InlineData(GgmlType.IQ4_XS, 256, 2 + 2 + 4 + 128)]
    [InlineData(GgmlType.TQ1_0, 256, 48 + 4 + 2)]
    [InlineData(GgmlType.TQ2_0, 256, 64 + 2)]
    [InlineData(GgmlType.MXFP4, 32, 1 + 16)]
    public void For_AType_GivesTheSizesOfItsBlock(GgmlType type, int blockSize, int typeSize)
    {
        GgmlTypeTraits traits = GgmlTypeTraits.For(type);

        Assert.Equal((blockSize, typeSize, blockSize > 1), (traits.BlockSize, traits.TypeSize, traits.IsQuantized));
        Assert.Equal(3L * typeSize, traits.BytesFor(3L * blockSize));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(31)]
    [InlineData(43)]
    [InlineData(-1)]
    public void For_NoType_IsRefused(int number)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => GgmlTypeTraits.For((GgmlType)number));
        Assert.False(GgmlTypeTraits.TryFor((GgmlType)number, out _));
    }

    [Theory]
    [InlineData("q4_k", GgmlType.Q4_K)]
    [InlineData("IQ2_XXS", GgmlType.IQ2_XXS)]
    [InlineData("bf16", GgmlType.BF16)]
    public void TryParse_AName_IsFoundInAnyCase(string name, GgmlType type)
    {
        Assert.True(GgmlTypeTraits.TryParse(name, out GgmlTypeTraits traits));
        Assert.Equal(type, traits.Type);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Q4")]
    public void TryParse_NoName_IsNotFound(string? name) => Assert.False(GgmlTypeTraits.TryParse(name, out _));

    [Fact]
    public void BytesFor_WrongCounts_AreRefused()
    {
        GgmlTypeTraits traits = GgmlTypeTraits.For(GgmlType.Q8_0);

        Assert.Throws<ArgumentException>(() => traits.BytesFor(31));
        Assert.Throws<ArgumentException>(() => traits.BytesFor(-32));
        Assert.Throws<OverflowException>(() => GgmlTypeTraits.For(GgmlType.F64).BytesFor(long.MaxValue));
    }
}
