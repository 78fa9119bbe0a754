using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Products of weight rows and activations. The result for one row and one position depends on nothing else in the call.
/// </summary>
public static class MatMul
{
    private const int TileValues = 1024;

    /// <summary>output[p · outputStride + r] = row r of the weights · activations of position p.</summary>
    /// <param name="weightType">Type of the weights.</param>
    /// <param name="weights">(rowCount, columns), whole rows; their number follows from the length.</param>
    /// <param name="columns">Length of a row, in values.</param>
    /// <param name="activations">(positionCount, columns) in the type that <see cref="Activations.TypeFor"/> gives.</param>
    /// <param name="positionCount">Number of positions.</param>
    /// <param name="output">(positionCount, outputStride), of which the first rowCount of each are written.</param>
    /// <param name="outputStride">Distance between two positions, in values.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    public static void Multiply(GgmlType weightType, ReadOnlySpan<byte> weights, int columns, ReadOnlySpan<byte> activations, int positionCount, Span<float> output, int outputStride)
    {
        GgmlType type = Activations.TypeFor(weightType);
        float[] values = new float[(long)columns * positionCount];
        Dequantizer.ToFloat(type, activations, values);
        MultiplyFloat(weightType, weights, columns, values, positionCount, output, outputStride);
    }

    /// <summary>The same with float activations and weights dequantized to float: the exact scheme.</summary>
    /// <param name="weightType">Type of the weights.</param>
    /// <param name="weights">(rowCount, columns).</param>
    /// <param name="columns">Length of a row, in values.</param>
    /// <param name="activations">(positionCount, columns).</param>
    /// <param name="positionCount">Number of positions.</param>
    /// <param name="output">(positionCount, outputStride).</param>
    /// <param name="outputStride">Distance between two positions, in values.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    public static void MultiplyFloat(GgmlType weightType, ReadOnlySpan<byte> weights, int columns, ReadOnlySpan<float> activations, int positionCount, Span<float> output, int outputStride)
    {
        GgmlTypeTraits traits = GgmlTypeTraits.For(weightType);
        int rowBytes = (int)traits.BytesFor(columns);
        if (rowBytes == 0 || weights.Length % rowBytes != 0)
            throw new ArgumentException($"{weights.Length} bytes are not whole rows of {rowBytes}", nameof(weights));
        int rows = weights.Length / rowBytes;
        if (rows > outputStride || output.Length < (long)(positionCount - 1) * outputStride + rows)
            throw new ArgumentException($"{positionCount} positions of {rows} rows at a stride of {outputStride} exceed {output.Length} values", nameof(output));
        if (activations.Length < (long)positionCount * columns)
            throw new ArgumentException($"{positionCount} positions of {columns} values exceed {activations.Length}", nameof(activations));
        Span<float> tile = stackalloc float[TileValues];
        for (int r = 0; r < rows; r++)
        {
            for (int p = 0; p < positionCount; p++) output[p * outputStride + r] = 0;
            for (int from = 0; from < columns; from += TileValues)
            {
                int count = Math.Min(TileValues, columns - from);
                int start = r * rowBytes + from / traits.BlockSize * traits.TypeSize;
                Dequantizer.ToFloat(weightType, weights.Slice(start, (int)traits.BytesFor(count)), tile[..count]);
                for (int p = 0; p < positionCount; p++)
                    output[p * outputStride + r] += Dot(tile[..count], activations.Slice(p * columns + from, count));
            }
        }
    }

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float sum = 0;
        for (int i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}
