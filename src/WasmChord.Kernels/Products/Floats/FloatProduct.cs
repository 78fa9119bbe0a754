using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Products with float arithmetic: weights of any type are expanded to float a segment of 1,024 columns at a time, once
/// for all positions of a call. Sums of segments are added one after another; <see cref="IFloatDots"/> says in which
/// order a segment is summed. Neither depends on the path.
/// </summary>
internal static unsafe class FloatProduct
{
    private const int SegmentColumns = 1024;

    // 32 rows of a segment are 128 KiB on the stack; activations that need expanding come on top, four positions at once.
    private const int TileRows = 32;
    private const int TilePositions = 4;

    /// <summary>
    /// output[p · outputStride + r] = row r · position p. The activations are floats, or halves that are expanded here.
    /// The machine must have the path.
    /// </summary>
    internal static void Run(KernelPath path, in ProductShape shape, GgmlType activationType)
    {
        switch (path)
        {
            case KernelPath.Avx512: Run<FloatDots512>(path, shape, activationType); break;
            case KernelPath.Avx2: Run<FloatDots256>(path, shape, activationType); break;
            case KernelPath.Vector128: Run<FloatDots128>(path, shape, activationType); break;
            default: Run<FloatDotsScalar>(path, shape, activationType); break;
        }
    }

    private static void Run<TDots>(KernelPath path, in ProductShape shape, GgmlType activationType)
        where TDots : IFloatDots
    {
        if (shape.PositionCount < TDots.Positions || shape.PositionCount == 1) Few<TDots>(path, shape, activationType);
        else Many<TDots>(path, shape, activationType);
    }

    // Row after row in the order of memory; activations are expanded for a stretch of columns that fits the stack.
    [SkipLocalsInit]
    private static void Few<TDots>(KernelPath path, in ProductShape shape, GgmlType activationType)
        where TDots : IFloatDots
    {
        const int stretchValues = 16 * SegmentColumns;
        bool isFloat = activationType == GgmlType.F32;
        float* expanded = stackalloc float[isFloat ? 1 : stretchValues];
        float* segment = stackalloc float[SegmentColumns];
        for (int p = 0; p < shape.PositionCount; p++)
        for (int stretch = 0; stretch < shape.Columns; stretch += stretchValues)
        {
            int values = Math.Min(stretchValues, shape.Columns - stretch);
            float* y = (float*)(shape.Activations + p * shape.ActivationRowBytes) + stretch;
            if (!isFloat) Expand(path, activationType, shape.Activations + p * shape.ActivationRowBytes, stretch, values, y = expanded);
            bool isScaled = activationType == GgmlType.F16 && values % 32 == 0;
            if (isScaled) TensorPrimitives.Multiply(new ReadOnlySpan<float>(y, values), FloatLanes.HalfBase, new Span<float>(y, values));
            for (int r = 0; r < shape.RowCount; r++)
            {
                float sum = stretch == 0 ? 0 : shape.Output[p * shape.OutputStride + r];
                byte* row = shape.Weights + r * shape.WeightRowBytes;
                for (int from = 0; from < values; from += SegmentColumns)
                {
                    int count = Math.Min(SegmentColumns, values - from);
                    sum += isScaled
                        ? TDots.OneOfHalves((ushort*)row + stretch + from, y + from, count)
                        : Segment<TDots>(path, shape.WeightType, row, stretch + from, y + from, count, segment);
                }

                shape.Output[p * shape.OutputStride + r] = sum;
            }
        }
    }

    // One segment of a row · one position, through the buffer where the type leaves no other way.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Segment<TDots>(KernelPath path, GgmlType type, byte* row, int from, float* y, int count, float* buffer)
        where TDots : IFloatDots
    {
        if (type == GgmlType.F32) return TDots.One((float*)row + from, y, count);
        if (type == GgmlType.BF16 && count % 32 == 0) return TDots.OneOfBrains((ushort*)row + from, y, count);
        Expand(path, type, row, from, count, buffer);
        return TDots.One(buffer, y, count);
    }

    [SkipLocalsInit]
    private static void Many<TDots>(KernelPath path, in ProductShape shape, GgmlType activationType)
        where TDots : IFloatDots
    {
        bool isFloat = activationType == GgmlType.F32, weightsAreFloat = shape.WeightType == GgmlType.F32;
        float* rows = stackalloc float[weightsAreFloat ? 1 : TileRows * SegmentColumns];
        float* expanded = stackalloc float[isFloat ? 1 : TilePositions * SegmentColumns];
        for (int r = 0; r < shape.RowCount; r += TileRows)
        for (int from = 0; from < shape.Columns; from += SegmentColumns)
        {
            int rowCount = Math.Min(TileRows, shape.RowCount - r), count = Math.Min(SegmentColumns, shape.Columns - from);
            float* w = (float*)(shape.Weights + r * shape.WeightRowBytes) + from;
            long rowStride = shape.Columns;
            if (!weightsAreFloat)
            {
                for (int i = 0; i < rowCount; i++)
                    Expand(path, shape.WeightType, shape.Weights + (r + i) * shape.WeightRowBytes, from, count, rows + i * SegmentColumns);
                w = rows;
                rowStride = SegmentColumns;
            }

            for (int p = 0; p < shape.PositionCount; p += TDots.Positions)
            {
                int positions = Math.Min(TDots.Positions, shape.PositionCount - p);
                float* y = (float*)(shape.Activations + p * shape.ActivationRowBytes) + from;
                long positionStride = shape.Columns;
                if (!isFloat)
                {
                    for (int i = 0; i < positions; i++)
                        Expand(path, activationType, shape.Activations + (p + i) * shape.ActivationRowBytes, from, count, expanded + i * SegmentColumns);
                    y = expanded;
                    positionStride = SegmentColumns;
                }

                Segment<TDots>(w, rowStride, rowCount, y, positionStride, positions, count, from == 0,
                    shape.Output + p * shape.OutputStride + r, shape.OutputStride);
            }
        }
    }

    // Adds one segment to rowCount · positions outputs, or begins them.
    private static void Segment<TDots>(
        float* w, long rowStride, int rowCount, float* y, long positionStride, int positions, int count, bool begins,
        float* output, long outputStride)
        where TDots : IFloatDots
    {
        float* sums = stackalloc float[16];
        int r = 0;
        if (positions == TDots.Positions && count % FloatLanes.Count == 0)
        {
            for (; r + TDots.Rows <= rowCount; r += TDots.Rows)
            {
                TDots.Tile(w + r * rowStride, rowStride, y, positionStride, count, sums);
                for (int p = 0; p < positions; p++)
                    for (int i = 0; i < TDots.Rows; i++)
                        Add(output + p * outputStride + r + i, sums[p * TDots.Rows + i], begins);
            }
        }

        for (; r < rowCount; r++)
            for (int p = 0; p < positions; p++)
                Add(output + p * outputStride + r, TDots.One(w + r * rowStride, y + p * positionStride, count), begins);
    }

    // The sum begins at zero, as in the other order of loops: adding zero turns −0 into 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* output, float value, bool begins) => *output = (begins ? 0 : *output) + value;

    // Segments are multiples of every block size, so a row is cut between blocks.
    private static void Expand(KernelPath path, GgmlType type, byte* row, int from, int count, float* to)
    {
        GgmlTypeTraits traits = GgmlTypeTraits.For(type);
        DequantizeDispatch.Run(path, type, row + (long)from / traits.BlockSize * traits.TypeSize, to, count / traits.BlockSize);
    }
}
