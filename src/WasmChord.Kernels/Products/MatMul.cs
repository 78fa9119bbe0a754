using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Products of weight rows and activations, on the calling thread, without allocating. The result for one row and one
/// position depends on nothing else in the call, nor on the width of the machine's vectors: integers of a block are
/// added exactly, and floats in one order (<see cref="ScalarDot"/>, <see cref="IFloatDots"/>).
/// </summary>
public static class MatMul
{
    /// <summary>
    /// output[p · outputStride + r] = row r of the weights · activations of position p, as ggml's <c>vec_dot</c> does:
    /// integer products per block, times the scales of both sides. Floats, halves and plain numbers take float
    /// arithmetic.
    /// </summary>
    /// <param name="weightType">Type of the weights.</param>
    /// <param name="weights">(rowCount, columns), whole rows; their number follows from the length.</param>
    /// <param name="columns">Values per row, whole blocks of the weights and of the activations.</param>
    /// <param name="activations">
    /// (positionCount, columns), as <see cref="Activations.Encode"/> writes the type that
    /// <see cref="Activations.TypeFor"/> gives.
    /// </param>
    /// <param name="positionCount">Number of positions.</param>
    /// <param name="output">(positionCount, outputStride), of which the first rowCount of each are written.</param>
    /// <param name="outputStride">Values from one position to the next.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is unknown, or a count is negative.</exception>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    public static void Multiply(
        GgmlType weightType, ReadOnlySpan<byte> weights, int columns, ReadOnlySpan<byte> activations, int positionCount,
        Span<float> output, int outputStride) =>
        Multiply(KernelPaths.Best, weightType, weights, columns, activations, positionCount, output, outputStride);

    /// <summary>
    /// The same with float activations and weights expanded to float by <see cref="Dequantizer"/>: the exact scheme.
    /// </summary>
    /// <param name="weightType">Type of the weights.</param>
    /// <param name="weights">(rowCount, columns), whole rows; their number follows from the length.</param>
    /// <param name="columns">Values per row, whole blocks of the weights.</param>
    /// <param name="activations">(positionCount, columns).</param>
    /// <param name="positionCount">Number of positions.</param>
    /// <param name="output">(positionCount, outputStride), of which the first rowCount of each are written.</param>
    /// <param name="outputStride">Values from one position to the next.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is unknown, or a count is negative.</exception>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    public static void MultiplyFloat(
        GgmlType weightType, ReadOnlySpan<byte> weights, int columns, ReadOnlySpan<float> activations, int positionCount,
        Span<float> output, int outputStride) =>
        MultiplyFloat(KernelPaths.Best, weightType, weights, columns, activations, positionCount, output, outputStride);

    /// <summary>As the public method, on a chosen path, which the machine must have.</summary>
    internal static unsafe void Multiply(
        KernelPath path, GgmlType weightType, ReadOnlySpan<byte> weights, int columns, ReadOnlySpan<byte> activations,
        int positionCount, Span<float> output, int outputStride)
    {
        ProductShape shape = Check(weightType, weights.Length, columns, Activations.TypeFor(weightType), activations.Length,
            positionCount, output.Length, outputStride);
        if (shape.RowCount == 0 || positionCount == 0) return;
        fixed (byte* w = weights)
        fixed (byte* y = activations)
        fixed (float* to = output)
        {
            shape.Weights = w;
            shape.Activations = y;
            shape.Output = to;
            ProductDispatch.Run(path, shape);
        }
    }

    /// <summary>As the public method, on a chosen path, which the machine must have.</summary>
    internal static unsafe void MultiplyFloat(
        KernelPath path, GgmlType weightType, ReadOnlySpan<byte> weights, int columns, ReadOnlySpan<float> activations,
        int positionCount, Span<float> output, int outputStride)
    {
        ProductShape shape = Check(weightType, weights.Length, columns, GgmlType.F32, sizeof(float) * (long)activations.Length,
            positionCount, output.Length, outputStride);
        if (shape.RowCount == 0 || positionCount == 0) return;
        fixed (byte* w = weights)
        fixed (float* y = activations)
        fixed (float* to = output)
        {
            shape.Weights = w;
            shape.Activations = (byte*)y;
            shape.Output = to;
            FloatProduct.Run(path, shape, GgmlType.F32);
        }
    }

    private static ProductShape Check(
        GgmlType weightType, long weightBytes, int columns, GgmlType activationType, long activationBytes,
        int positionCount, long outputLength, int outputStride)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        ArgumentOutOfRangeException.ThrowIfNegative(positionCount);
        ArgumentOutOfRangeException.ThrowIfNegative(outputStride);
        long rowBytes = GgmlTypeTraits.For(weightType).BytesFor(columns);
        long positionBytes = GgmlTypeTraits.For(activationType).BytesFor(columns);
        long rows = weightBytes / rowBytes;
        if (rows * rowBytes != weightBytes)
            throw new ArgumentException(
                $"{weightBytes} bytes are not whole rows of {columns} {weightType} values, {rowBytes} bytes each", "weights");
        if (activationBytes != positionBytes * positionCount)
            throw new ArgumentException(
                $"{positionCount} positions of {columns} {activationType} values take {positionBytes * positionCount} bytes; "
                + $"the activations have {activationBytes}", "activations");
        if (rows > outputStride)
            throw new ArgumentException($"{rows} rows do not fit an output stride of {outputStride}", nameof(outputStride));
        long needed = positionCount == 0 ? 0 : (positionCount - 1L) * outputStride + rows;
        if (outputLength < needed)
            throw new ArgumentException(
                $"{positionCount} positions of {rows} rows at a stride of {outputStride} take {needed} values; "
                + $"the output has {outputLength}", "output");
        return new ProductShape
        {
            WeightType = weightType,
            WeightRowBytes = rowBytes,
            RowCount = (int)rows,
            Columns = columns,
            ActivationRowBytes = positionBytes,
            PositionCount = positionCount,
            OutputStride = outputStride,
        };
    }
}
