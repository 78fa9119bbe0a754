using WasmChord.Gguf;
using WasmChord.Kernels.Tests.Dequantize;

namespace WasmChord.Kernels.Tests.Products;

/// <summary>Every path of every type against the scalar reference, bit for bit.</summary>
public class MatMulPathTests
{
    public static TheoryData<GgmlType> Types => [.. ProductSamples.Types];

    [Theory]
    [MemberData(nameof(Types))]
    public void Multiply_AnyPathAndShape_GivesTheBitsOfTheScalar(GgmlType type)
    {
        foreach ((int rows, int blocks, int positions) in Shapes)
        {
            int columns = ProductSamples.Columns(type, blocks);
            byte[] weights = ProductSamples.Weights(type, (long)rows * columns, 7 * rows + blocks);
            byte[] activations = ProductSamples.Encode(type, ProductSamples.Floats(positions * columns, positions));
            AssertPathsAgree(type, weights, columns, activations, positions);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void MultiplyFloat_AnyPathAndShape_GivesTheBitsOfTheScalar(GgmlType type)
    {
        foreach ((int rows, int blocks, int positions) in Shapes)
        {
            int columns = ProductSamples.Columns(type, blocks);
            byte[] weights = ProductSamples.Weights(type, (long)rows * columns, 7 * rows + blocks);
            float[] activations = ProductSamples.Floats(positions * columns, positions);
            float[] expected = ProductRunner.MultiplyFloat(KernelPath.Scalar, type, weights, columns, activations, positions);
            foreach (KernelPath path in KernelPaths.Available)
            {
                float[] actual = ProductRunner.MultiplyFloat(path, type, weights, columns, activations, positions);
                ProductRunner.AssertSameBits(expected, actual, $"{type} on {path}, {rows} × {columns} × {positions}");
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(TypesWithVectors))]
    public void Multiply_BlocksOfGgml_GivesTheBitsOfTheScalar(GgmlType type)
    {
        // Edge patterns among them: scales of zero, subnormal scales, extreme codes. Those not finite must agree too.
        (byte[] blocks, _) = QuantVectors.Load(type);
        GgmlTypeTraits traits = GgmlTypeTraits.For(type);
        int perRow = ProductSamples.Columns(type, 1) / traits.BlockSize;
        int rows = blocks.Length / traits.TypeSize / perRow;
        byte[] activations = ProductSamples.Encode(type, ProductSamples.Floats(5 * perRow * traits.BlockSize, 3));
        AssertPathsAgree(type, blocks[..(rows * perRow * traits.TypeSize)], perRow * traits.BlockSize, activations, 5);
    }

    [Theory]
    [InlineData(GgmlType.F16, 1)]
    [InlineData(GgmlType.F16, 9)]
    [InlineData(GgmlType.BF16, 1)]
    public void Multiply_EveryCodeOfHalves_GivesTheBitsOfTheScalar(GgmlType type, int positions)
    {
        // Subnormal, infinite and NaN codes too, against activations from the smallest to the largest half.
        const int columns = 32;
        var weights = new byte[65536 * 2];
        for (int i = 0; i < 65536; i++) BitConverter.TryWriteBytes(weights.AsSpan(2 * i), (ushort)i);
        float[] values = ProductSamples.Floats(positions * columns, 71);
        for (int i = 0; i < values.Length; i += 3) values[i] = i % 2 == 0 ? 65504f : 5.9604645e-8f;
        AssertPathsAgree(type, weights, columns, ProductSamples.Encode(type, values), positions);
    }

    public static TheoryData<GgmlType> TypesWithVectors => [.. ProductSamples.IntegerTypes];

    // (rows, blocks per row, positions): single ones, odd ones, and some beyond every tile.
    private static (int Rows, int Blocks, int Positions)[] Shapes =>
        [(1, 1, 1), (3, 2, 2), (5, 7, 3), (33, 9, 5), (40, 17, 7), (67, 3, 9), (2, 40, 4)];

    private static void AssertPathsAgree(GgmlType type, byte[] weights, int columns, byte[] activations, int positions)
    {
        float[] expected = ProductRunner.Multiply(KernelPath.Scalar, type, weights, columns, activations, positions);
        foreach (KernelPath path in KernelPaths.Available)
        {
            float[] actual = ProductRunner.Multiply(path, type, weights, columns, activations, positions);
            ProductRunner.AssertSameBits(expected, actual, $"{type} on {path}, {columns} columns, {positions} positions");
        }
    }
}
