using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>
/// Products of a tile of rows of super-blocks and any number of positions. A group of 256 columns is unpacked once for
/// all positions, into words that hold code times scale, with the rows side by side: so a register's lanes are rows,
/// nothing is added across lanes, and the floats of all rows are computed together. Integers are exact and the floats
/// follow <see cref="ScalarDot.Contribution"/>, so the bits are those of one row and one position.
/// </summary>
internal static unsafe class SuperBlockTile
{
    // Sums of the positions of a pass, on the stack: 32 rows make 32 KiB.
    private const int PassPositions = 256;
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
        short* w = stackalloc short[256 * TSums.Rows], mins = stackalloc short[16 * TSums.Rows];
        float* d = stackalloc float[TSums.Rows], dMin = stackalloc float[TSums.Rows];
        float* totals = stackalloc float[PassPositions * TSums.Rows];
        for (int from = 0; from < shape.PositionCount; from += PassPositions)
        {
            int positions = Math.Min(PassPositions, shape.PositionCount - from);
            new Span<float>(totals, positions * TSums.Rows).Clear();
            for (int group = 0; group < shape.Columns / 256; group++)
            {
                Unpack<TCodes, TSums>(shape, firstRow, group, w, mins, d, dMin);
                for (int p = 0; p < positions; p += TilePositions)
                    Add<TCodes, TSums>(shape, from + p, group, w, mins, d, dMin, totals + p * TSums.Rows);
            }

            TileOutput.Write(shape, firstRow, TSums.Rows, from, positions, totals);
        }
    }

    // One super-block of each row, four rows at a time.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Unpack<TCodes, TSums>(
        in ProductShape shape, int firstRow, int group, short* w, short* mins, float* d, float* dMin)
        where TCodes : ISuperBlockCodes
        where TSums : ITileSums
    {
        SuperBlockCodes codes;
        short* words = stackalloc short[4 * 256], minWords = stackalloc short[4 * 16];
        for (int r = 0; r < TSums.Rows; r += 4)
        {
            for (int i = 0; i < 4; i++)
            {
                long row = Math.Min(firstRow + r + i, shape.RowCount - 1);
                byte* block = shape.Weights + row * shape.WeightRowBytes + (long)group * TCodes.TypeSize;

                // The rows are far apart, and each is read a little at a time: more streams than hardware follows.
                if (Sse.IsSupported)
                    for (int line = 0; line < TCodes.TypeSize; line += 64) Sse.Prefetch0(block + 2 * TCodes.TypeSize + line);
                TCodes.Unpack(block, &codes);
                CodeWords.Scale(&codes, words + 256 * i);
                d[r + i] = codes.D;
                if (!TCodes.HasMins) continue;
                dMin[r + i] = codes.DMin;
                Vector128.Load(codes.Mins).Store(minWords + 16 * i);
                Vector128.Load(codes.Mins + 8).Store(minWords + 16 * i + 8);
            }

            PairTranspose.Run(words, 128, w + 2 * r, TSums.Rows);
            if (TCodes.HasMins) PairTranspose.Run(minWords, 8, mins + 2 * r, TSums.Rows);
        }
    }

    // The contributions of one group to four positions.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<TCodes, TSums>(
        in ProductShape shape, int firstPosition, int group, short* w, short* mins, float* d, float* dMin, float* totals)
        where TCodes : ISuperBlockCodes
        where TSums : ITileSums
    {
        short* y = stackalloc short[TilePositions * 256], ySums = stackalloc short[TilePositions * 16];
        int* sums = stackalloc int[TilePositions * TSums.Rows], minSums = stackalloc int[TilePositions * TSums.Rows];
        float* scales = stackalloc float[TilePositions];
        for (int p = 0; p < TilePositions; p++)
        {
            long position = Math.Min(firstPosition + p, shape.PositionCount - 1);
            BlockQ8_K* block = (BlockQ8_K*)(shape.Activations + position * shape.ActivationRowBytes) + group;
            scales[p] = block->D;
            CodeWords.Widen(block->Qs, y + 256 * p, 16);
            Vector128.Load(block->BSums).Store(ySums + 16 * p);
            Vector128.Load(block->BSums + 8).Store(ySums + 16 * p + 8);
        }

        TSums.Run(w, y, 256, 128, sums);
        if (TCodes.HasMins) TSums.Run(mins, ySums, 16, 8, minSums);
        int valid = Math.Min(TilePositions, shape.PositionCount - firstPosition);
        for (int p = 0; p < valid; p++)
        {
            Vector256<float> scale = Vector256.Create(scales[p]);
            for (int r = 0; r < TSums.Rows; r += 8)
            {
                int at = p * TSums.Rows + r;
                Vector256<float> contribution =
                    Vector256.Load(d + r) * scale * Vector256.ConvertToSingle(Vector256.Load(sums + at));
                if (TCodes.HasMins)
                    contribution -= Vector256.Load(dMin + r) * scale * Vector256.ConvertToSingle(Vector256.Load(minSums + at));
                (Vector256.Load(totals + at) + contribution).Store(totals + at);
            }
        }
    }
}
