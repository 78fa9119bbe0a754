using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests.Products;

/// <summary>The public edge: refusals, empty products, allocation.</summary>
public class MatMulTests
{
    [Theory]
    [InlineData(GgmlType.Q4_K, 300, "300")]
    [InlineData(GgmlType.Q8_0, 33, "33")]
    [InlineData(GgmlType.Q8_0, 0, "0")]
    [InlineData(GgmlType.F32, -4, "-4")]
    public void Multiply_ColumnsAreNotBlocks_IsRefusedWithTheNumber(GgmlType type, int columns, string number)
    {
        ArgumentException e = Assert.ThrowsAny<ArgumentException>(() =>
            MatMul.Multiply(type, new byte[144], columns, new byte[292], 1, new float[1], 1));
        Assert.Contains(number, e.Message);
    }

    [Fact]
    public void Multiply_LengthsDoNotMatch_IsRefusedWithTheNumbers()
    {
        Assert.Contains("145", Refusal(145, 292, 1, 1, 1));
        Assert.Contains("144", Refusal(145, 292, 1, 1, 1));
        Assert.Contains("293", Refusal(144, 293, 1, 1, 1));
        Assert.Contains("584", Refusal(144, 292, 2, 9, 1));
        Assert.Contains("stride of 1", Refusal(288, 292, 1, 9, 1));
        Assert.Contains("take 8 values; the output has 7", Refusal(288, 584, 2, 7, 6));
        Assert.Contains("-1", Refusal(144, 292, -1, 1, 1));
    }

    [Fact]
    public void Multiply_UnknownType_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() =>
        MatMul.Multiply((GgmlType)4, new byte[32], 32, new byte[32], 1, new float[1], 1));

    [Fact]
    public void Multiply_NoRowsOrNoPositions_WritesNothing()
    {
        float[] output = [7, 7];
        MatMul.Multiply(GgmlType.Q4_K, [], 256, new byte[292], 1, output, 1);
        MatMul.Multiply(GgmlType.Q4_K, new byte[288], 256, [], 0, output, 2);
        MatMul.MultiplyFloat(GgmlType.Q4_K, [], 256, new float[256], 1, output, 1);
        Assert.Equal([7, 7], output);
    }

    [Fact]
    public void Multiply_KnownNumbers_AreMultiplied()
    {
        // Rows of 1 and of −2 by positions of 3 and 0.5: each a constant that Q8_0 holds up to its rounding.
        byte[] weights = new byte[2 * 34 * 2], activations = new byte[2 * 34 * 2];
        float[] ones = new float[64], twos = new float[64], threes = new float[64], halves = new float[64];
        Array.Fill(ones, 1f);
        Array.Fill(twos, -2f);
        Array.Fill(threes, 3f);
        Array.Fill(halves, 0.5f);
        Activations.Encode(GgmlType.Q8_0, [.. ones, .. twos], weights);
        Activations.Encode(GgmlType.Q8_0, [.. threes, .. halves], activations);
        float[] output = new float[4];
        MatMul.Multiply(GgmlType.Q8_0, weights, 64, activations, 2, output, 2);
        float[] expected = [192, -384, 32, -64];
        for (int i = 0; i < 4; i++) Assert.Equal(expected[i], output[i], 0.002 * Math.Abs(expected[i]));
    }

    [Theory]
    [InlineData(GgmlType.Q4_K, 1)]
    [InlineData(GgmlType.Q4_K, 64)]
    [InlineData(GgmlType.Q8_0, 1)]
    [InlineData(GgmlType.Q8_0, 64)]
    [InlineData(GgmlType.IQ2_XS, 3)]
    [InlineData(GgmlType.F16, 1)]
    [InlineData(GgmlType.F16, 64)]
    public void Multiply_Repeated_AllocatesNothing(GgmlType type, int positions)
    {
        const int columns = 512, rows = 40;
        byte[] weights = ProductSamples.Weights(type, rows * columns, 3);
        float[] values = ProductSamples.Floats(positions * columns, 4);
        byte[] activations = ProductSamples.Encode(type, values);
        float[] output = new float[positions * rows];
        long allocated = long.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Activations.Encode(Activations.TypeFor(type), values, activations);
            MatMul.Multiply(type, weights, columns, activations, positions, output, rows);
            MatMul.MultiplyFloat(type, weights, columns, values, positions, output, rows);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Multiply_ScaleThatIsNotFinite_GivesAResultThatIsNot()
    {
        // Nothing may turn a broken weight into a plausible number.
        foreach (KernelPath path in KernelPaths.Available)
        foreach (GgmlType type in new[] { GgmlType.Q4_K, GgmlType.Q8_0, GgmlType.F16 })
        {
            byte[] weights = ProductSamples.Weights(type, 256, 8);
            BitConverter.TryWriteBytes(weights, (ushort)0x7E00);
            foreach (int positions in new[] { 1, 8 })
            {
                byte[] activations = ProductSamples.Encode(type, ProductSamples.Floats(positions * 256, 9));
                foreach (float value in ProductRunner.Multiply(path, type, weights, 256, activations, positions))
                    Assert.True(float.IsNaN(value), $"{type} on {path} gives {value}");
            }
        }
    }

    private static string Refusal(int weightBytes, int activationBytes, int positions, int outputLength, int stride) =>
        Assert.ThrowsAny<ArgumentException>(() => MatMul.Multiply(GgmlType.Q4_K, new byte[weightBytes], 256,
            new byte[activationBytes], positions, new float[outputLength], stride)).Message;
}
