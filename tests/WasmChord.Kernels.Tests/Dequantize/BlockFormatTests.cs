using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests.Dequantize;

/// <summary>
/// Blocks written field by field from random codes and scales, and the value that the format's formula gives for each,
/// in double precision rounded once per operation.
/// </summary>
public class BlockFormatTests
{
    private const float D = 0.017822265625f, M = -0.30517578125f; // exact as halves

    private readonly Random _random = new(20);

    [Fact]
    public void Q4_0_WrittenCodes_ComeBackScaled()
    {
        int[] codes = Draw(32, 16);
        var block = new BitWriter(18);
        block.PutHalf(0, D);
        for (int i = 0; i < 32; i++) block.Put(2 + i % 16, i / 16 * 4, 4, codes[i]);
        AssertValues(GgmlType.Q4_0, block, codes.Select(c => Product(D, c - 8)));
    }

    [Fact]
    public void Q5_1_WrittenCodes_ComeBackScaledAndShifted()
    {
        int[] codes = Draw(32, 32);
        var block = new BitWriter(24);
        block.PutHalf(0, D);
        block.PutHalf(2, M);
        for (int i = 0; i < 32; i++)
        {
            block.Put(8 + i % 16, i / 16 * 4, 4, codes[i]);
            block.Put(4 + i / 8, i % 8, 1, codes[i] >> 4);
        }

        AssertValues(GgmlType.Q5_1, block, codes.Select(c => Sum(Product(D, c), M)));
    }

    [Fact]
    public void Q2_K_WrittenCodes_ComeBackScaledAndShifted()
    {
        int[] codes = Draw(256, 4), scales = Draw(16, 16), mins = Draw(16, 16);
        var block = new BitWriter(84);
        block.PutHalf(80, D);
        block.PutHalf(82, M);
        for (int b = 0; b < 16; b++)
        {
            block.Put(b, 0, 4, scales[b]);
            block.Put(b, 4, 4, mins[b]);
        }

        for (int i = 0; i < 256; i++) block.Put(16 + i / 128 * 32 + i % 32, i % 128 / 32 * 2, 2, codes[i]);
        AssertValues(GgmlType.Q2_K, block, codes.Select((c, i) =>
            Sum(Product(Product(D, scales[i / 16]), c), -Product(M, mins[i / 16]))));
    }

    [Fact]
    public void Q3_K_WrittenCodes_ComeBackScaled()
    {
        int[] codes = Draw(256, 8), scales = Draw(16, 64);
        var block = new BitWriter(110);
        block.PutHalf(108, D);
        for (int b = 0; b < 16; b++)
        {
            block.Put(96 + b % 8, b / 8 * 4, 4, scales[b]);
            block.Put(104 + b % 4, b / 4 * 2, 2, scales[b] >> 4);
        }

        for (int i = 0; i < 256; i++)
        {
            block.Put(32 + i / 128 * 32 + i % 32, i % 128 / 32 * 2, 2, codes[i]);
            block.Put(i % 32, i / 32, 1, codes[i] >> 2);
        }

        AssertValues(GgmlType.Q3_K, block, codes.Select((c, i) => Product(Product(D, scales[i / 16] - 32), c - 4)));
    }

    [Theory]
    [InlineData(GgmlType.Q4_K)]
    [InlineData(GgmlType.Q5_K)]
    public void Q4_KAndQ5_K_WrittenCodes_ComeBackScaledAndShifted(GgmlType type)
    {
        bool five = type == GgmlType.Q5_K;
        int[] codes = Draw(256, five ? 32 : 16), scales = Draw(8, 64), mins = Draw(8, 64);
        var block = new BitWriter(GgmlTypeTraits.For(type).TypeSize);
        block.PutHalf(0, D);
        block.PutHalf(2, M);
        for (int b = 0; b < 4; b++)
        {
            block.Put(4 + b, 0, 6, scales[b]);
            block.Put(8 + b, 0, 6, mins[b]);
            block.Put(12 + b, 0, 4, scales[b + 4]);
            block.Put(12 + b, 4, 4, mins[b + 4]);
            block.Put(4 + b, 6, 2, scales[b + 4] >> 4);
            block.Put(8 + b, 6, 2, mins[b + 4] >> 4);
        }

        for (int i = 0; i < 256; i++)
        {
            block.Put((five ? 48 : 16) + i / 64 * 32 + i % 32, i / 32 % 2 * 4, 4, codes[i]);
            if (five) block.Put(16 + i % 32, i / 32, 1, codes[i] >> 4);
        }

        AssertValues(type, block, codes.Select((c, i) =>
            Sum(Product(Product(D, scales[i / 32]), c), -Product(M, mins[i / 32]))));
    }

    [Fact]
    public void Q6_K_WrittenCodes_ComeBackScaled()
    {
        int[] codes = Draw(256, 64), scales = Draw(16, 256);
        var block = new BitWriter(210);
        block.PutHalf(208, D);
        for (int b = 0; b < 16; b++) block.Put(192 + b, 0, 8, scales[b]);
        for (int i = 0; i < 256; i++)
        {
            block.Put(i / 128 * 64 + i % 64, i / 64 % 2 * 4, 4, codes[i]);
            block.Put(128 + i / 128 * 32 + i % 32, i / 32 % 4 * 2, 2, codes[i] >> 4);
        }

        AssertValues(GgmlType.Q6_K, block,
            codes.Select((c, i) => Product(Product(D, (sbyte)scales[i / 16]), c - 32)));
    }

    [Fact]
    public void TQ1_0_WrittenDigits_ComeBackScaled()
    {
        int[] digits = Draw(256, 3);
        var block = new BitWriter(54);
        block.PutHalf(52, D);
        for (int b = 0; b < 32; b++) block.Put(b, 0, 8, Fraction(b, 32, 0, 5));
        for (int b = 0; b < 16; b++) block.Put(32 + b, 0, 8, Fraction(b, 16, 160, 5));
        for (int b = 0; b < 4; b++) block.Put(48 + b, 0, 8, Fraction(b, 4, 240, 4));
        AssertValues(GgmlType.TQ1_0, block, digits.Select(x => Product(D, x - 1)));

        // The digits as a number of base 3 with five places, scaled from 243 to 256 and rounded up.
        int Fraction(int lane, int stride, int start, int count)
        {
            int number = 0;
            for (int k = 0; k < 5; k++) number = 3 * number + (k < count ? digits[start + lane + k * stride] : 0);
            return (number * 256 + 242) / 243;
        }
    }

    [Fact]
    public void IQ4_XS_WrittenCodes_SelectLevels()
    {
        int[] codes = Draw(256, 16), scales = Draw(8, 64);
        var block = new BitWriter(136);
        block.PutHalf(0, D);
        for (int b = 0; b < 8; b++)
        {
            block.Put(4 + b / 2, b % 2 * 4, 4, scales[b]);
            block.Put(2 + b / 4, b % 4 * 2, 2, scales[b] >> 4);
        }

        for (int i = 0; i < 256; i++) block.Put(8 + i / 32 * 16 + i % 16, i / 16 % 2 * 4, 4, codes[i]);
        sbyte[] levels = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];
        AssertValues(GgmlType.IQ4_XS, block,
            codes.Select((c, i) => Product(Product(D, scales[i / 32] - 32), levels[c])));
    }

    [Fact]
    public void NVFP4_WrittenCodes_AreSmallFloats()
    {
        int[] codes = Draw(64, 16);
        double[] numbers = [0, 0.5, 1, 1.5, 2, 3, 4, 6, 0, -0.5, -1, -1.5, -2, -3, -4, -6];
        double[] scales = [1, 0.5, 448, 0.001953125];
        byte[] scaleCodes = [0x38, 0x30, 0x7E, 0x01];
        var block = new BitWriter(36);
        for (int b = 0; b < 4; b++) block.Put(b, 0, 8, scaleCodes[b]);
        for (int i = 0; i < 64; i++) block.Put(4 + i / 16 * 8 + i % 8, i / 8 % 2 * 4, 4, codes[i]);
        AssertValues(GgmlType.NVFP4, block, codes.Select((c, i) => (float)(numbers[c] * scales[i / 16])));
    }

    [Fact]
    public void IQ2_XXS_WrittenIndicesAndSigns_SelectEntries()
    {
        // Entry 1 of the codebook is 43 followed by seven times 8; sign code 2 negates values 1 and 7 (even parity).
        var block = new BitWriter(66);
        block.PutHalf(0, 1f);
        block.Put(2, 0, 8, 1);
        block.Put(6, 0, 7, 2);
        block.Put(9, 4, 4, 3);
        float step = 3.5f * 0.25f, rest = 0.125f;
        float[] group = [43 * step, -8 * step, 8 * step, 8 * step, 8 * step, 8 * step, 8 * step, -8 * step];
        AssertValues(GgmlType.IQ2_XXS, block,
            [.. group, .. Enumerable.Repeat(8 * step, 24), .. Enumerable.Repeat(8 * rest, 224)]);
    }

    private int[] Draw(int count, int bound) => [.. Enumerable.Range(0, count).Select(_ => _random.Next(bound))];

    // A product and a sum of floats are exact, or rounded harmlessly twice, in double; the cast rounds to float.
    private static float Product(double a, double b) => (float)(a * b);

    private static float Sum(double a, double b) => (float)(a + b);

    // Zeros compare by value: the sign of a zero is the twins' and the vectors' affair.
    private static void AssertValues(GgmlType type, BitWriter block, IEnumerable<float> expected)
    {
        foreach (KernelPath path in KernelPaths.Available)
        {
            uint[] bits = PathRunner.Run(path, type, block.Bytes);
            Assert.Equal(expected, bits.Select(BitConverter.UInt32BitsToSingle));
        }
    }
}
