using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests.Products;

/// <summary>
/// Products against double precision on the dequantized operands: whatever the scheme, these are the numbers that the
/// operands stand for, so only rounding of floats may show.
/// </summary>
public class MatMulAccuracyTests
{
    // Float sums: about one rounding for each of the lane's terms, and a few per contribution.
    private const double Tolerance = 2e-5;

    public static TheoryData<GgmlType> Types => [.. ProductSamples.Types];

    [Theory]
    [MemberData(nameof(Types))]
    public void Multiply_EveryPath_IsTheProductOfTheDequantizedOperands(GgmlType type)
    {
        const int rows = 37, positions = 6;
        int columns = ProductSamples.Columns(type, 9);
        byte[] weights = ProductSamples.Weights(type, (long)rows * columns, 11);
        byte[] activations = ProductSamples.Encode(type, ProductSamples.Floats(positions * columns, 12));
        float[] w = ProductRunner.Dequantize(type, weights);
        float[] y = ProductRunner.Dequantize(Activations.TypeFor(type), activations);
        foreach (KernelPath path in KernelPaths.Available)
            AssertClose(w, y, columns, ProductRunner.Multiply(path, type, weights, columns, activations, positions), type, path);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void MultiplyFloat_EveryPath_IsTheProductOfTheDequantizedWeights(GgmlType type)
    {
        const int rows = 37, positions = 6;
        int columns = ProductSamples.Columns(type, 9);
        byte[] weights = ProductSamples.Weights(type, (long)rows * columns, 21);
        float[] activations = ProductSamples.Floats(positions * columns, 22);
        float[] w = ProductRunner.Dequantize(type, weights);
        foreach (KernelPath path in KernelPaths.Available)
            AssertClose(w, activations, columns,
                ProductRunner.MultiplyFloat(path, type, weights, columns, activations, positions), type, path);
    }

    [Fact]
    public void Multiply_LongRows_StaysExactInItsIntegers()
    {
        // The largest codes and scales there are, everywhere: any sum of integers that wraps or saturates would show.
        const int columns = 65536;
        float[] ones = new float[columns];
        Array.Fill(ones, 1f);
        foreach (GgmlType type in ProductSamples.IntegerTypes)
        {
            byte[] weights = ProductSamples.Weights(type, columns, 5);
            for (int i = 0; i < weights.Length; i++) weights[i] |= 0xF7;
            ProductSamples.RestoreScales(type, ProductSamples.Weights(type, columns, 5), weights);
            byte[] activations = ProductSamples.Encode(type, ones);
            float[] w = ProductRunner.Dequantize(type, weights), y = ProductRunner.Dequantize(Activations.TypeFor(type), activations);
            foreach (KernelPath path in KernelPaths.Available)
                AssertClose(w, y, columns, ProductRunner.Multiply(path, type, weights, columns, activations, 1), type, path);
        }
    }

    private static void AssertClose(float[] w, float[] y, int columns, float[] actual, GgmlType type, KernelPath path)
    {
        int rows = w.Length / columns, positions = y.Length / columns;
        for (int p = 0; p < positions; p++)
        for (int r = 0; r < rows; r++)
        {
            (double sum, double magnitude) = ProductRunner.Exact(
                w.AsSpan(r * columns, columns), y.AsSpan(p * columns, columns));
            double error = Math.Abs(actual[p * rows + r] - sum);
            if (!(error <= Tolerance * magnitude))
                Assert.Fail($"{type} on {path}: row {r}, position {p} is {actual[p * rows + r]}, exactly {sum}, terms add up to {magnitude}");
        }
    }
}
