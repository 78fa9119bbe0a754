using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>
/// Products of a tile of rows of super-blocks and any number of positions. A group of 256 columns is unpacked once for
/// all positions, into words that hold code times scale, with the rows side by side: so a register's elements are rows,
/// nothing is added across them, and the floats of all rows are computed together. Integers are exact, and the lanes of
/// <see cref="ISuperBlockCodes"/> follow one after another, so the bits are those of one row and one position.
/// </summary>
internal static unsafe class SuperBlockTile
{
    // Lanes of the positions of a pass, on the stack: up to 16 of 32 rows make 192 KiB.
    private const int PassPositions = 96;
    private const int TilePositions = 4;

    /// <summary>
    /// output[p · outputStride + r] for rows <paramref name="firstRow"/> and on; if fewer than
    /// <see cref="ITileSums.Rows"/> are left, the last is computed several times and written once.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TCodes, TSums>(in ProductShape shape, int firstRow)
        where TCodes : ISuperBlockCodes
        where TSums : ITileSums
    {
        int perPosition = (TCodes.LaneCount + RowFold.OwnLanes<TCodes>()) * TSums.Rows;
        SuperBlockTileWeights w;
        short* words = stackalloc short[256 * TSums.Rows], extra = stackalloc short[16 * TSums.Rows];
        short* shifts = stackalloc short[TCodes.HasShifts ? 256 * TSums.Rows : 1];
        float* factors = stackalloc float[2 * TSums.Rows];
        w.Words = words;
        w.Shifts = shifts;
        w.Extra = extra;
        w.D = factors;
        w.DMin = factors + TSums.Rows;
        float* lanes = stackalloc float[PassPositions * perPosition];
        for (int from = 0; from < shape.PositionCount; from += PassPositions)
        {
            // Whole tiles of positions: those past the last repeat it, and are not written.
            int positions = Math.Min(PassPositions, shape.PositionCount - from);
            int padded = (positions + TilePositions - 1) & -TilePositions;
            new Span<float>(lanes, padded * perPosition).Clear();
            for (int group = 0; group < shape.Columns / 256; group++)
            {
                w.Unpack<TCodes, TSums>(shape, firstRow, group);
                for (int p = 0; p < positions; p += TilePositions)
                    Add<TCodes, TSums>(shape, from + p, group, &w, lanes + p * perPosition, perPosition);
            }

            // A position's sums take the place of lanes that are done with.
            for (int p = 0; p < positions; p++)
                for (int r = 0; r < TSums.Rows; r += 8)
                    RowFold.Of<TCodes>(lanes + p * perPosition + r, TSums.Rows).Store(lanes + p * TSums.Rows + r);
            TileOutput.Write(shape, firstRow, TSums.Rows, from, positions, lanes);
        }
    }

    // One group to the lanes of four positions.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<TCodes, TSums>(
        in ProductShape shape, int firstPosition, int group, SuperBlockTileWeights* w, float* lanes, int stride)
        where TCodes : ISuperBlockCodes
        where TSums : ITileSums
    {
        short* y = stackalloc short[TilePositions * 256], ySums = stackalloc short[TilePositions * 16];
        float* factors = stackalloc float[TilePositions * TSums.Rows], minFactors = stackalloc float[TilePositions * TSums.Rows];
        for (int p = 0; p < TilePositions; p++)
        {
            long position = Math.Min(firstPosition + p, shape.PositionCount - 1);
            BlockQ8_K* block = (BlockQ8_K*)(shape.Activations + position * shape.ActivationRowBytes) + group;
            CodeWords.Widen(block->Qs, y + 256 * p, 16);
            Vector128.Load(block->BSums).Store(ySums + 16 * p);
            Vector128.Load(block->BSums + 8).Store(ySums + 16 * p + 8);
            Vector256<float> scale = Vector256.Create(block->D);
            for (int r = 0; r < TSums.Rows; r += 8)
            {
                (scale * Vector256.Load(w->D + r)).Store(factors + p * TSums.Rows + r);
                if (TCodes.MinLanes > 0) (-scale * Vector256.Load(w->DMin + r)).Store(minFactors + p * TSums.Rows + r);
            }
        }

        float* own = lanes + TCodes.LaneCount * TSums.Rows;
        for (int lane = 0; lane < TCodes.MinLanes; lane++)
        {
            int words = 16 / TCodes.MinLanes;
            float* to = (TCodes.MinLanes == 8 ? lanes : own) + lane * TSums.Rows;
            TSums.AddPairs(w->Extra + lane * words * TSums.Rows, ySums + lane * words, words / 2, minFactors, to, stride);
        }

        AddLanes<TCodes, TSums>(w->Words, TCodes.Offset != 0 ? w->Extra : null, y, ySums, factors, lanes, stride);
        if (TCodes.HasShifts) AddLanes<TCodes, TSums>(w->Shifts, null, y, ySums, factors, own, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddLanes<TCodes, TSums>(
        short* w, short* offsets, short* y, short* ySums, float* factors, float* lanes, int stride)
        where TCodes : ISuperBlockCodes
        where TSums : ITileSums
    {
        if (TCodes.LaneCount == 1)
        {
            TSums.AddLane(w, y, 32, 4, null, null, factors, lanes, stride);
            return;
        }

        for (int lane = 0; lane < 8; lane++, lanes += TSums.Rows)
        {
            int first = TCodes.AlternatesHalves ? 64 * (lane >> 2) + 4 * (lane & 3) : 4 * lane;
            short* more = offsets == null ? null : offsets + 2 * lane * TSums.Rows;
            TSums.AddLane(w + first * TSums.Rows, y + first, 4, TCodes.AlternatesHalves ? 16 : 32, more, ySums + 2 * lane,
                factors, lanes, stride);
        }
    }
}
