using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Products with float arithmetic: weights of any type are expanded to float a segment of 1,024 columns at a time, once
/// for the positions of a pass. <see cref="IFloatDots"/> and <see cref="FloatLanes"/> say in which order a row is
/// summed, which depends neither on segments nor on the path.
/// </summary>
internal static unsafe class FloatProduct
{
    private const int SegmentColumns = 1024;

    // 32 rows of a segment are 128 KiB on the stack; activations that need expanding come on top, four positions at once.
    private const int TileRows = 32;
    private const int TilePositions = 4;

    // The lanes of as many positions by the rows of a tile are 128 KiB more.
    private const int PassPositions = 32;

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

    // Row after row in the order of memory; activations are expanded for a stretch of columns that fits the stack, once
    // for all rows if that is all the columns.
    [SkipLocalsInit]
    private static void Few<TDots>(KernelPath path, in ProductShape shape, GgmlType activationType)
        where TDots : IFloatDots
    {
        const int stretchValues = 16 * SegmentColumns;
        bool isFloat = activationType == GgmlType.F32, isScaled = activationType == GgmlType.F16;
        float* expanded = stackalloc float[isFloat ? 1 : stretchValues], segment = stackalloc float[SegmentColumns];
        float* lanes = stackalloc float[TileRows * FloatLanes.Count];
        for (int p = 0; p < shape.PositionCount; p++)
        for (int r = 0; r < shape.RowCount; r += TileRows)
        {
            int rowCount = Math.Min(TileRows, shape.RowCount - r);
            byte* rows = shape.Weights + r * shape.WeightRowBytes, position = shape.Activations + p * shape.ActivationRowBytes;
            new Span<float>(lanes, rowCount * FloatLanes.Count).Clear();
            for (int stretch = 0; stretch < shape.Columns; stretch += stretchValues)
            {
                int values = Math.Min(stretchValues, shape.Columns - stretch), whole = values & -FloatLanes.Count;
                float* y = isFloat ? (float*)position + stretch : expanded;
                if (!isFloat && (r == 0 || shape.Columns > stretchValues))
                {
                    Expand(path, activationType, position, stretch, values, y);
                    Span<float> expandedValues = new(y, values);
                    if (isScaled) TensorPrimitives.Multiply(expandedValues, FloatLanes.HalfBase, expandedValues);
                }

                for (int i = 0; i < rowCount; i++)
                {
                    byte* row = rows + i * shape.WeightRowBytes;
                    float* to = lanes + i * FloatLanes.Count;
                    if (isScaled) TDots.AddHalves((ushort*)row + stretch, y, whole, to);
                    else AddRow<TDots>(path, shape.WeightType, row, stretch, y, whole, segment, to);
                }
            }

            Finish(path, shape, activationType, r, rowCount, p, 1, lanes, 0);
        }
    }

    // Whole lanes of one row · one position, through the buffer where the type leaves no other way.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow<TDots>(
        KernelPath path, GgmlType type, byte* row, int from, float* y, int values, float* buffer, float* lanes)
        where TDots : IFloatDots
    {
        if (type == GgmlType.F32) TDots.Add((float*)row + from, y, values, lanes);
        else if (type == GgmlType.BF16) TDots.AddBrains((ushort*)row + from, y, values, lanes);
        else
        {
            for (int at = 0; at < values; at += SegmentColumns)
            {
                int count = Math.Min(SegmentColumns, values - at);
                Expand(path, type, row, from + at, count, buffer);
                TDots.Add(buffer, y + at, count, lanes);
            }
        }
    }

    [SkipLocalsInit]
    private static void Many<TDots>(KernelPath path, in ProductShape shape, GgmlType activationType)
        where TDots : IFloatDots
    {
        const int laneStride = TileRows * FloatLanes.Count;
        bool isFloat = activationType == GgmlType.F32, weightsAreFloat = shape.WeightType == GgmlType.F32;
        float* rows = stackalloc float[weightsAreFloat ? 1 : TileRows * SegmentColumns];
        float* expanded = stackalloc float[isFloat ? 1 : TilePositions * SegmentColumns];
        float* lanes = stackalloc float[PassPositions * laneStride];
        int whole = shape.Columns & -FloatLanes.Count;
        for (int r = 0; r < shape.RowCount; r += TileRows)
        for (int pass = 0; pass < shape.PositionCount; pass += PassPositions)
        {
            int rowCount = Math.Min(TileRows, shape.RowCount - r), passCount = Math.Min(PassPositions, shape.PositionCount - pass);
            new Span<float>(lanes, passCount * laneStride).Clear();
            for (int from = 0; from < whole; from += SegmentColumns)
            {
                int count = Math.Min(SegmentColumns, whole - from);
                float* w = (float*)(shape.Weights + r * shape.WeightRowBytes) + from;
                long rowStride = shape.Columns;
                if (!weightsAreFloat)
                {
                    for (int i = 0; i < rowCount; i++)
                        Expand(path, shape.WeightType, shape.Weights + (r + i) * shape.WeightRowBytes, from, count, rows + i * SegmentColumns);
                    w = rows;
                    rowStride = SegmentColumns;
                }

                for (int p = 0; p < passCount; p += TDots.Positions)
                {
                    int positions = Math.Min(TDots.Positions, passCount - p);
                    byte* position = shape.Activations + (pass + p) * shape.ActivationRowBytes;
                    float* y = isFloat ? (float*)position + from : expanded;
                    for (int i = 0; i < positions && !isFloat; i++)
                        Expand(path, activationType, position + i * shape.ActivationRowBytes, from, count, expanded + i * SegmentColumns);
                    Segment<TDots>(w, rowStride, rowCount, y, isFloat ? shape.Columns : SegmentColumns, positions, count, lanes + p * laneStride);
                }
            }

            Finish(path, shape, activationType, r, rowCount, pass, passCount, lanes, laneStride);
        }
    }

    // Adds one segment to the lanes of rowCount · positions outputs.
    private static void Segment<TDots>(
        float* w, long rowStride, int rowCount, float* y, long positionStride, int positions, int count, float* lanes)
        where TDots : IFloatDots
    {
        const int laneStride = TileRows * FloatLanes.Count;
        int r = 0;
        if (positions == TDots.Positions)
            for (; r + TDots.Rows <= rowCount; r += TDots.Rows)
                TDots.Tile(w + r * rowStride, rowStride, y, positionStride, count, lanes + r * FloatLanes.Count, laneStride);
        for (; r < rowCount; r++)
            for (int p = 0; p < positions; p++)
                TDots.Add(w + r * rowStride, y + p * positionStride, count, lanes + p * laneStride + r * FloatLanes.Count);
    }

    // From lanes to outputs. What is left of a row past its whole lanes there is only of types without blocks.
    private static void Finish(
        KernelPath path, in ProductShape shape, GgmlType activationType, int firstRow, int rowCount, int firstPosition, int positions,
        float* lanes, long laneStride)
    {
        float* w = stackalloc float[FloatLanes.Count], y = stackalloc float[FloatLanes.Count];
        int rest = shape.Columns % FloatLanes.Count, from = shape.Columns - rest;
        for (int p = 0; p < positions; p++)
        {
            float* output = shape.Output + (firstPosition + p) * shape.OutputStride + firstRow;
            if (rest > 0) Expand(path, activationType, shape.Activations + (firstPosition + p) * shape.ActivationRowBytes, from, rest, y);
            for (int r = 0; r < rowCount; r++)
            {
                if (rest > 0) Expand(path, shape.WeightType, shape.Weights + (firstRow + r) * shape.WeightRowBytes, from, rest, w);
                output[r] = FloatLanes.Finish(activationType, lanes + p * laneStride + r * FloatLanes.Count, w, y, rest);
            }
        }
    }

    // Segments are multiples of every block size, so a row is cut between blocks.
    private static void Expand(KernelPath path, GgmlType type, byte* row, int from, int count, float* to)
    {
        GgmlTypeTraits traits = GgmlTypeTraits.For(type);
        DequantizeDispatch.Run(path, type, row + (long)from / traits.BlockSize * traits.TypeSize, to, count / traits.BlockSize);
    }
}
