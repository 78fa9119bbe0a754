using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests.Products;

/// <summary>Runs products on a chosen path, watching what lies around the output, and the same in double precision.</summary>
internal static class ProductRunner
{
    private const float Guard = -12345.5f;

    /// <summary>(positionCount, rowCount) by the integer scheme; the output has gaps that must stay as they were.</summary>
    public static float[] Multiply(KernelPath path, GgmlType type, byte[] weights, int columns, byte[] activations, int positions) =>
        Run(type, weights, columns, positions, (output, stride) =>
            MatMul.Multiply(path, type, weights, columns, activations, positions, output, stride));

    /// <summary>(positionCount, rowCount) by the float scheme.</summary>
    public static float[] MultiplyFloat(KernelPath path, GgmlType type, byte[] weights, int columns, float[] activations, int positions) =>
        Run(type, weights, columns, positions, (output, stride) =>
            MatMul.MultiplyFloat(path, type, weights, columns, activations, positions, output, stride));

    /// <summary>
    /// The sum of the products of dequantized weights and activations, and the sum of their magnitudes, for one row and
    /// one position.
    /// </summary>
    public static (double Sum, double Magnitude) Exact(ReadOnlySpan<float> weights, ReadOnlySpan<float> activations)
    {
        double sum = 0, magnitude = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double product = (double)weights[i] * activations[i];
            sum += product;
            magnitude += Math.Abs(product);
        }

        return (sum, magnitude);
    }

    /// <summary>The values of blocks of any type.</summary>
    public static float[] Dequantize(GgmlType type, byte[] blocks)
    {
        GgmlTypeTraits traits = GgmlTypeTraits.For(type);
        var values = new float[blocks.Length / traits.TypeSize * traits.BlockSize];
        Dequantizer.ToFloat(type, blocks, values);
        return values;
    }

    /// <summary>Asserts equality bit for bit; NaNs count as equal.</summary>
    public static void AssertSameBits(float[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (float.IsNaN(expected[i]) && float.IsNaN(actual[i])) continue;
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
                Assert.Fail($"{what}: value {i} is {actual[i]:R}, expected {expected[i]:R}");
        }
    }

    private delegate void Product(Span<float> output, int stride);

    private static float[] Run(GgmlType type, byte[] weights, int columns, int positions, Product product)
    {
        int rows = (int)(weights.Length / GgmlTypeTraits.For(type).BytesFor(columns)), stride = rows + 3;
        var output = new float[positions * stride + 5];
        Array.Fill(output, Guard);
        product(output.AsSpan(1), stride);
        Assert.Equal(Guard, output[0]);
        var result = new float[positions * rows];
        for (int p = 0; p < positions; p++)
        {
            output.AsSpan(1 + p * stride, rows).CopyTo(result.AsSpan(p * rows));
            for (int i = rows; i < stride; i++) Assert.Equal(Guard, output[1 + p * stride + i]);
        }

        return result;
    }
}
