using WasmChord.Kernels.Tests.Dequantize;

namespace WasmChord.Kernels.Tests.Floats;

public class BrainFloat16Tests
{
    [Fact]
    public void ToSingle_AnyBits_AreTheUpperHalfOfTheFloat()
    {
        for (int bits = 0; bits <= 0xFFFF; bits++)
            Assert.Equal((uint)bits << 16, BitConverter.SingleToUInt32Bits(BrainFloat16.ToSingle((ushort)bits)));
    }

    [Theory]
    [InlineData(0x3F80_8000u, 0x3F80)] // a tie, to even
    [InlineData(0x3F81_8000u, 0x3F82)]
    [InlineData(0x3F80_8001u, 0x3F81)]
    [InlineData(0x7F7F_FFFFu, 0x7F80)] // the largest float rounds to infinity
    [InlineData(0x7F80_0000u, 0x7F80)]
    [InlineData(0x7F80_0001u, 0x7FC0)] // a NaN whose payload would be cut off stays a NaN
    [InlineData(0xFFA5_0000u, 0xFFE5)]
    public void BitsFromSingle_Edge_GivesTheExpectedBits(uint bits, int expected) =>
        Assert.Equal(expected, BrainFloat16.BitsFromSingle(BitConverter.UInt32BitsToSingle(bits)));

    [SkippableFact]
    public void BitsFromSingle_RoundingVectorsOfGgml_GivesTheSameBits()
    {
        (float[] source, ushort[] expected) = QuantVectors.LoadRounding("BF16");
        Assert.Equal(expected, source.Select(BrainFloat16.BitsFromSingle));
    }
}
