using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests.Products;

/// <summary>The result for one row and one position has the same bits whatever else is in the call.</summary>
public class MatMulBatchTests
{
    private const int Rows = 75, Positions = 64;

    public static TheoryData<GgmlType> Types => [.. ProductSamples.Types];

    [Theory]
    [MemberData(nameof(Types))]
    public void Multiply_OnePositionAtATime_GivesTheBitsOfTheBatch(GgmlType type)
    {
        int columns = ProductSamples.Columns(type, 3);
        byte[] weights = ProductSamples.Weights(type, (long)Rows * columns, 31);
        byte[] activations = ProductSamples.Encode(type, ProductSamples.Floats(Positions * columns, 32));
        int positionBytes = activations.Length / Positions;
        foreach (KernelPath path in KernelPaths.Available)
        {
            float[] batch = ProductRunner.Multiply(path, type, weights, columns, activations, Positions);
            foreach (int count in new[] { 1, 2, 5, 9 })
                for (int p = 0; p + count <= Positions; p += 7 + count)
                {
                    byte[] part = activations.AsSpan(p * positionBytes, count * positionBytes).ToArray();
                    float[] alone = ProductRunner.Multiply(path, type, weights, columns, part, count);
                    ProductRunner.AssertSameBits(batch[(p * Rows)..((p + count) * Rows)], alone, $"{type} on {path}, {count} from {p}");
                }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Multiply_RowsSplitAnywhere_GivesTheBitsOfTheWhole(GgmlType type)
    {
        int columns = ProductSamples.Columns(type, 3);
        byte[] weights = ProductSamples.Weights(type, (long)Rows * columns, 41);
        int rowBytes = weights.Length / Rows;
        foreach (int positions in new[] { 1, 11 })
        {
            byte[] activations = ProductSamples.Encode(type, ProductSamples.Floats(positions * columns, 42));
            foreach (KernelPath path in KernelPaths.Available)
            {
                float[] whole = ProductRunner.Multiply(path, type, weights, columns, activations, positions);
                foreach (int cut in new[] { 1, 3, 8, 31, 32, 33, 74 })
                {
                    float[] first = ProductRunner.Multiply(path, type, weights[..(cut * rowBytes)], columns, activations, positions);
                    float[] second = ProductRunner.Multiply(path, type, weights[(cut * rowBytes)..], columns, activations, positions);
                    ProductRunner.AssertSameBits(whole, Join(first, second, positions), $"{type} on {path}, cut at {cut}");
                }
            }
        }
    }

    [Theory]
    [InlineData(GgmlType.Q4_K)]
    [InlineData(GgmlType.F16)]
    [InlineData(GgmlType.F32)]
    public void MultiplyFloat_OnePositionAtATime_GivesTheBitsOfTheBatch(GgmlType type)
    {
        const int columns = 2560; // more than a segment, and not a whole number of them
        byte[] weights = ProductSamples.Weights(type, (long)Rows * columns, 51);
        float[] activations = ProductSamples.Floats(Positions * columns, 52);
        foreach (KernelPath path in KernelPaths.Available)
        {
            float[] batch = ProductRunner.MultiplyFloat(path, type, weights, columns, activations, Positions);
            for (int p = 0; p < Positions; p += 9)
            {
                float[] alone = ProductRunner.MultiplyFloat(
                    path, type, weights, columns, activations[(p * columns)..((p + 1) * columns)], 1);
                ProductRunner.AssertSameBits(batch[(p * Rows)..((p + 1) * Rows)], alone, $"{type} on {path}, position {p}");
            }
        }
    }

    [Theory]
    [InlineData(GgmlType.Q4_K)]
    [InlineData(GgmlType.Q8_0)]
    public void Multiply_MorePositionsThanAPass_GivesTheBitsOfEach(GgmlType type)
    {
        const int columns = 256, rows = 35, positions = 300;
        byte[] weights = ProductSamples.Weights(type, rows * columns, 61);
        byte[] activations = ProductSamples.Encode(type, ProductSamples.Floats(positions * columns, 62));
        foreach (KernelPath path in KernelPaths.Available)
            ProductRunner.AssertSameBits(
                ProductRunner.Multiply(KernelPath.Scalar, type, weights, columns, activations, positions),
                ProductRunner.Multiply(path, type, weights, columns, activations, positions), $"{type} on {path}");
    }

    private static float[] Join(float[] first, float[] second, int positions)
    {
        int a = first.Length / positions, b = second.Length / positions;
        List<float> joined = [];
        for (int p = 0; p < positions; p++)
        {
            joined.AddRange(first.AsSpan(p * a, a));
            joined.AddRange(second.AsSpan(p * b, b));
        }

        return [.. joined];
    }
}
