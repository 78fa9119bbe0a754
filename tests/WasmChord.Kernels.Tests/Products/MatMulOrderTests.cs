using System.Runtime.InteropServices;
using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests.Products;

/// <summary>The order in which floats are added, against the same sums written out: another order has other bits.</summary>
public class MatMulOrderTests
{
    private const int Rows = 64;

    [Theory]
    [InlineData(GgmlType.IQ4_XS, 0)]
    [InlineData(GgmlType.IQ3_S, 0)]
    [InlineData(GgmlType.Q3_K, 108)]
    public void Multiply_SuperBlocks_AddsInEightLanesToTheEndOfTheRow(GgmlType type, int scaleAt)
    {
        const int groups = 7, columns = 256 * groups;
        byte[] weights = ProductSamples.Weights(type, Rows * columns, 71), unscaled = [.. weights];
        byte[] activations = ProductSamples.Encode(type, ProductSamples.Floats(columns, 72));
        int typeSize = GgmlTypeTraits.For(type).TypeSize;
        for (int at = 0; at < unscaled.Length; at += typeSize) MemoryMarshal.Write(unscaled.AsSpan(at + scaleAt), (Half)1);
        float[] integers = ProductRunner.Dequantize(type, unscaled);
        float[] actual = ProductRunner.Multiply(KernelPaths.Best, type, weights, columns, activations, 1), expected = new float[Rows];
        Span<float> lanes = stackalloc float[8];
        Span<int> products = stackalloc int[8];
        for (int r = 0; r < Rows; r++)
        {
            lanes.Clear();
            for (int group = 0; group < groups; group++)
            {
                int block = r * groups + group;
                ReadOnlySpan<byte> y = activations.AsSpan(292 * group, 292);
                products.Clear();
                for (int i = 0; i < 256; i++)
                {
                    int lane = type == GgmlType.Q3_K ? i / 64 % 2 * 4 + i % 16 / 4 : i % 32 / 4;
                    products[lane] += (int)integers[256 * block + i] * (sbyte)y[4 + i];
                }

                float d = MemoryMarshal.Read<float>(y) * (float)MemoryMarshal.Read<Half>(weights.AsSpan(block * typeSize + scaleAt));
                for (int lane = 0; lane < 8; lane++) lanes[lane] += d * products[lane];
            }

            expected[r] = ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
        }

        ProductRunner.AssertSameBits(expected, actual, $"{type}");
    }

    [Theory]
    [InlineData(GgmlType.F32, 1)]
    [InlineData(GgmlType.F16, 1)]
    [InlineData(GgmlType.BF16, 1)]
    [InlineData(GgmlType.F32, 37)]
    [InlineData(GgmlType.F16, 37)]
    [InlineData(GgmlType.BF16, 37)]
    public void Multiply_Floats_AddsInThirtyTwoLanesToTheEndOfTheRow(GgmlType type, int positions)
    {
        // Beyond what is expanded at once, and not a multiple of the lanes.
        const int columns = 17 * 1024 + 43, whole = columns / 32 * 32;
        byte[] weights = ProductSamples.Weights(type, 9 * columns, 81);
        byte[] activations = ProductSamples.Encode(type, ProductSamples.Floats(positions * columns, 82));
        float[] w = ProductRunner.Dequantize(type, weights), y = ProductRunner.Dequantize(type, activations);
        float[] expected = new float[9 * positions];
        Span<float> lanes = stackalloc float[32];
        for (int at = 0; at < expected.Length; at++)
        {
            ReadOnlySpan<float> row = w.AsSpan(at % 9 * columns, columns), position = y.AsSpan(at / 9 * columns, columns);
            lanes.Clear();
            for (int i = 0; i < whole; i++) lanes[i % 32] += row[i] * position[i];
            for (int width = 16; width >= 4; width /= 2)
                for (int i = 0; i < width; i++) lanes[i] += lanes[i + width];
            float sum = type == GgmlType.BF16 ? (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]) : (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
            double total = sum;
            for (int i = whole; i < columns; i++)
            {
                float product = row[i] * position[i];
                sum += product;
                total += product;
            }

            expected[at] = type == GgmlType.F32 ? sum : (float)total;
        }

        foreach (KernelPath path in KernelPaths.Available)
            ProductRunner.AssertSameBits(expected, ProductRunner.Multiply(path, type, weights, columns, activations, positions), $"{type} on {path}");
    }
}
