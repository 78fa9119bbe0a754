using System.Security.Cryptography;
using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests.Quantize;

/// <summary>Known bytes, and values that the formats hold exactly.</summary>
public class QuantizerExactTests
{
    /// <summary>
    /// SHA-256 of what ggml's <c>quantize_row_*_ref</c> (commit d99724f2, gcc -O3 -ffp-contract=off) make of 4,096
    /// values of <see cref="QuantizerSamples.Portable"/>; F16 and BF16 are its conversions.
    /// </summary>
    [Theory]
    [InlineData(GgmlType.F16, "525682480C787183")]
    [InlineData(GgmlType.BF16, "C2F107F0D25D8150")]
    [InlineData(GgmlType.Q4_0, "BC5E358728757AB8")]
    [InlineData(GgmlType.Q4_1, "204AEDE87B9B44EE")]
    [InlineData(GgmlType.Q5_0, "5196B36553C4FE9E")]
    [InlineData(GgmlType.Q5_1, "2C87C6C9243B76B4")]
    [InlineData(GgmlType.Q8_0, "811F58DF82B92746")]
    [InlineData(GgmlType.Q8_1, "57D6870F888ADF16")]
    [InlineData(GgmlType.Q2_K, "2B8A4159CC44131A")]
    [InlineData(GgmlType.Q3_K, "FB0CABD45EAA17E9")]
    [InlineData(GgmlType.Q4_K, "1B57096BF4C47157")]
    [InlineData(GgmlType.Q5_K, "9A099960F0434276")]
    [InlineData(GgmlType.Q6_K, "2E56C90CC09E499E")]
    [InlineData(GgmlType.Q8_K, "DC5DEF4B5288DF6D")]
    public void FromFloat_PortableValues_GivesTheBytesOfGgml(GgmlType type, string expected)
    {
        float[] source = QuantizerSamples.Portable(4096);
        foreach (KernelPath path in KernelPaths.Available)
            Assert.Equal(expected, Convert.ToHexString(SHA256.HashData(QuantizeRunner.Run(path, type, source)))[..16]);
    }

    /// <summary>Every level occurs in every group, and the scale is a power of two times an integer below 64.</summary>
    [Theory]
    [InlineData(GgmlType.Q4_0, -8, 15)]
    [InlineData(GgmlType.Q4_1, 0, 15)]
    [InlineData(GgmlType.Q4_1, -3, 15)]
    [InlineData(GgmlType.Q5_0, -16, 31)]
    [InlineData(GgmlType.Q5_1, -3, 31)]
    [InlineData(GgmlType.Q2_K, 0, 3)]
    [InlineData(GgmlType.Q3_K, -4, 7)]
    [InlineData(GgmlType.Q4_K, 0, 15)]
    [InlineData(GgmlType.Q5_K, 0, 31)]
    public void RoundTrip_ValuesOnTheLevels_IsExact(GgmlType type, int lowest, int span)
    {
        int unit = type switch
        {
            GgmlType.Q2_K => 15,
            GgmlType.Q3_K => 32,
            GgmlType.Q4_K or GgmlType.Q5_K => 63,
            _ => 1,
        };
        var source = new float[512];
        for (int i = 0; i < source.Length; i++) source[i] = (lowest + (i % (span + 1))) * unit / 1024f;
        Assert.Equal(source, QuantizeRunner.RoundTrip(type, source));
    }

    [Theory]
    [InlineData(GgmlType.Q8_0)]
    [InlineData(GgmlType.Q8_1)]
    [InlineData(GgmlType.Q8_K)]
    public void RoundTrip_MultiplesOfAPowerOfTwo_IsExact(GgmlType type)
    {
        var source = new float[256];
        for (int i = 0; i < source.Length; i++) source[i] = (i % 32 == 0 ? -127 : (i * 37 % 255) - 127) / 64f;
        Assert.Equal(source, QuantizeRunner.RoundTrip(type, source));
    }

    [Fact]
    public void RoundTrip_SixBitLevelsInEveryGroup_IsExact()
    {
        // Sixteen values a group: −32 first, so that the scale is known, then fifteen of the others.
        var source = new float[512];
        for (int i = 0; i < source.Length; i++) source[i] = (i % 16 == 0 ? -32 : (i * 29 % 63) - 31) / 8f;
        Assert.Equal(source, QuantizeRunner.RoundTrip(GgmlType.Q6_K, source));
    }

    [Fact]
    public void FromFloat_TiesInQ8_0_RoundAwayFromZero()
    {
        float[] source = [127f, 0.5f, -0.5f, 2.5f, -2.5f, 0.49999997f, .. new float[26]];
        foreach (KernelPath path in KernelPaths.Available)
        {
            byte[] block = QuantizeRunner.Run(path, GgmlType.Q8_0, source);
            Assert.Equal([127, 1, -1, 3, -3, 0], block[2..8].Select(b => (int)(sbyte)b));
        }
    }

    [Fact]
    public void FromFloat_TiesInQ8_K_RoundToEven()
    {
        float[] source = new float[256];
        (source[0], source[1], source[2], source[3], source[4]) = (-127f, 0.5f, -0.5f, 2.5f, -3.5f);
        foreach (KernelPath path in KernelPaths.Available)
        {
            byte[] block = QuantizeRunner.Run(path, GgmlType.Q8_K, source);
            Assert.Equal(1f, BitConverter.ToSingle(block));
            Assert.Equal([-127, 0, 0, 2, -4], block[4..9].Select(b => (int)(sbyte)b));
        }
    }

    [Fact]
    public void FromFloat_Q8_K_StoresTheSumsOfItsCodes()
    {
        float[] source = QuantizerSamples.Make("positive", 256);
        byte[] block = QuantizeRunner.Run(KernelPaths.Best, GgmlType.Q8_K, source);
        for (int group = 0; group < 16; group++)
        {
            int sum = block.Skip(4 + (16 * group)).Take(16).Sum(b => (sbyte)b);
            Assert.True(sum < 0); // d is negative: the largest magnitude goes to −127
            Assert.Equal(sum, BitConverter.ToInt16(block, 260 + (2 * group)));
        }
    }

    [Fact]
    public void FromFloat_Q8_1_StoresScaleTimesSum()
    {
        float[] source = QuantizerSamples.Make("positive", 32);
        byte[] block = QuantizeRunner.Run(KernelPaths.Best, GgmlType.Q8_1, source);
        double d = (double)BitConverter.ToHalf(block), s = (double)BitConverter.ToHalf(block, 2);
        int sum = block.Skip(4).Sum(b => (sbyte)b);
        Assert.InRange(s / (d * sum), 1 - (1.0 / 1024), 1 + (1.0 / 1024));
    }

    [Fact]
    public void FromFloat_EqualMagnitudesInQ4_0_TakesTheSignOfTheFirst()
    {
        float[] source = new float[32];
        (source[3], source[20]) = (1f, -1f);
        byte[] block = QuantizeRunner.Run(KernelPaths.Best, GgmlType.Q4_0, source);
        Assert.Equal((Half)(-0.125f), BitConverter.ToHalf(block));
        Assert.Equal(0x80, block[2 + 3]); // value 3 has code 0, value 19 code 8
        Assert.Equal(0xF8, block[2 + 4]); // value 20 would need code 16 and gets 15
    }
}
