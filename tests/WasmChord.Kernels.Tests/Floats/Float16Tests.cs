using WasmChord.Kernels.Tests.Dequantize;

namespace WasmChord.Kernels.Tests.Floats;

public class Float16Tests
{
    [Fact]
    public void ToSingle_EveryNumber_EqualsTheRuntimesConversion()
    {
        for (int bits = 0; bits <= 0xFFFF; bits++)
        {
            Half half = BitConverter.UInt16BitsToHalf((ushort)bits);
            if (Half.IsNaN(half)) continue;
            Assert.Equal(
                BitConverter.SingleToUInt32Bits((float)half), BitConverter.SingleToUInt32Bits(Float16.ToSingle(half)));
        }
    }

    [Fact]
    public void ToSingle_NaN_BecomesQuietAndKeepsSignAndPayload()
    {
        Assert.Equal(0x7FC0_2000u, BitConverter.SingleToUInt32Bits(Float16.ToSingle((ushort)0x7C01)));
        Assert.Equal(0xFFFF_E000u, BitConverter.SingleToUInt32Bits(Float16.ToSingle((ushort)0xFFFF)));
    }

    [Fact]
    public void BitsFromSingle_EveryHalf_ComesBack()
    {
        for (int bits = 0; bits <= 0xFFFF; bits++)
        {
            if ((bits & 0x7FFF) > 0x7C00) continue;
            Assert.Equal(bits, Float16.BitsFromSingle(Float16.ToSingle((ushort)bits)));
        }
    }

    [Fact]
    public void BitsFromSingle_BetweenTwoHalves_RoundsToNearestThenEven()
    {
        for (int bits = 0; bits < 0x7BFF; bits++)
        {
            float lower = Float16.ToSingle((ushort)bits), upper = Float16.ToSingle((ushort)(bits + 1));
            float middle = (lower + upper) / 2;
            Assert.Equal((bits + 1) & ~1, Float16.BitsFromSingle(middle));
            Assert.Equal(bits, Float16.BitsFromSingle(MathF.BitDecrement(middle)));
            Assert.Equal(bits + 1, Float16.BitsFromSingle(MathF.BitIncrement(middle)));
            Assert.Equal(0x8000 | ((bits + 1) & ~1), Float16.BitsFromSingle(-middle));
        }
    }

    [Theory]
    [InlineData(65519.996f, 0x7BFF)]
    [InlineData(65520f, 0x7C00)]
    [InlineData(-65536f, 0xFC00)]
    [InlineData(float.MaxValue, 0x7C00)]
    [InlineData(float.NegativeInfinity, 0xFC00)]
    [InlineData(2.98023224e-8f, 0)] // half of the smallest half: a tie, to even
    [InlineData(2.9802326e-8f, 1)]
    [InlineData(float.Epsilon, 0)]
    [InlineData(-0f, 0x8000)]
    public void BitsFromSingle_Edge_GivesTheExpectedBits(float value, int expected)
    {
        Assert.Equal(expected, Float16.BitsFromSingle(value));
        Assert.Equal((Half)value, Float16.FromSingle(value));
    }

    [Theory]
    [InlineData(0x7F80_0001u, 0x7E00)]
    [InlineData(0xFFC0_1234u, 0xFE00)]
    public void BitsFromSingle_NaN_IsTheQuietOneWithItsSign(uint bits, int expected) =>
        Assert.Equal(expected, Float16.BitsFromSingle(BitConverter.UInt32BitsToSingle(bits)));

    [SkippableFact]
    public void BitsFromSingle_RoundingVectorsOfGgml_GivesTheSameBits()
    {
        (float[] source, ushort[] expected) = QuantVectors.LoadRounding("F16");
        Assert.Equal(expected, source.Select(Float16.BitsFromSingle));
    }
}
