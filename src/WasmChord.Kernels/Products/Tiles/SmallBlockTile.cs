using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>
/// As <see cref="SuperBlockTile"/>, for blocks with float scales: words hold codes, and each run of 32 or 16 has its own
/// sums and its own float contribution; the eight of a group are added as <see cref="GroupSum"/> does.
/// </summary>
internal static unsafe class SmallBlockTile
{
    private const int PassPositions = 256;
    private const int TilePositions = 4;

    /// <summary>As <see cref="SuperBlockTile.Run"/>.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TCodes, TSums>(in ProductShape shape, int firstRow)
        where TCodes : ISmallBlockCodes
        where TSums : ITileSums
    {
        short* w = stackalloc short[256 * TSums.Rows];
        float* scales = stackalloc float[16 * TSums.Rows], mins = stackalloc float[8 * TSums.Rows];
        float* totals = stackalloc float[PassPositions * TSums.Rows];
        for (int from = 0; from < shape.PositionCount; from += PassPositions)
        {
            int positions = Math.Min(PassPositions, shape.PositionCount - from);
            new Span<float>(totals, positions * TSums.Rows).Clear();
            for (int column = 0; column < shape.Columns; column += 256)
            {
                Unpack<TCodes, TSums>(shape, firstRow, column, w, scales, mins);
                for (int p = 0; p < positions; p += TilePositions)
                    Add<TCodes, TSums>(shape, from + p, column, w, scales, mins, totals + p * TSums.Rows);
            }

            TileOutput.Write(shape, firstRow, TSums.Rows, from, positions, totals);
        }
    }

    // Up to 256 columns of each row, four rows at a time; what a short group lacks stays as it was and is not used.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Unpack<TCodes, TSums>(
        in ProductShape shape, int firstRow, int column, short* w, float* scales, float* mins)
        where TCodes : ISmallBlockCodes
        where TSums : ITileSums
    {
        SmallBlockCodes codes;
        short* words = stackalloc short[4 * 256];
        int values = Math.Min(256, shape.Columns - column), blocks = values / TCodes.BlockSize;
        for (int r = 0; r < TSums.Rows; r += 4)
        {
            for (int i = 0; i < 4; i++)
            {
                long row = Math.Min(firstRow + r + i, shape.RowCount - 1);
                byte* block = shape.Weights + row * shape.WeightRowBytes + (long)column / TCodes.BlockSize * TCodes.TypeSize;
                int bytes = 256 / TCodes.BlockSize * TCodes.TypeSize;
                if (Sse.IsSupported)
                    for (int line = 0; line < bytes; line += 64) Sse.Prefetch0(block + 2 * bytes + line);
                for (int b = 0; b < blocks; b++, block += TCodes.TypeSize)
                {
                    int at = b * TCodes.BlockSize;
                    TCodes.Unpack(block, codes.Codes + at, codes.Scales + at / TCodes.RunLength, codes.Mins + at / 32);
                }

                CodeWords.Widen(codes.Codes, words + 256 * i, 16);
                for (int run = 0; run < values / TCodes.RunLength; run++) scales[run * TSums.Rows + r + i] = codes.Scales[run];
                if (TCodes.HasMins)
                    for (int b = 0; b < values / 32; b++) mins[b * TSums.Rows + r + i] = codes.Mins[b];
            }

            PairTranspose.Run(words, 128, w + 2 * r, TSums.Rows);
        }
    }

    // The contributions of one group to four positions.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<TCodes, TSums>(
        in ProductShape shape, int firstPosition, int column, short* w, float* scales, float* mins, float* totals)
        where TCodes : ISmallBlockCodes
        where TSums : ITileSums
    {
        short* y = stackalloc short[TilePositions * 256];
        float* yScales = stackalloc float[TilePositions * 8], ySums = stackalloc float[TilePositions * 8];
        int* sums = stackalloc int[TilePositions * TSums.Rows];
        float* contributions = stackalloc float[8 * TilePositions * TSums.Rows];
        int blocks = Math.Min(256, shape.Columns - column) / 32, runs = 32 / TCodes.RunLength;
        int tile = TilePositions * TSums.Rows, valid = Math.Min(TilePositions, shape.PositionCount - firstPosition);
        for (int p = 0; p < TilePositions; p++)
        {
            long position = Math.Min(firstPosition + p, shape.PositionCount - 1);
            Load<TCodes>(shape.Activations + position * shape.ActivationRowBytes, column / 32, blocks, y + 256 * p, yScales + 8 * p, ySums + 8 * p);
        }

        new Span<float>(contributions + blocks * tile, (8 - blocks) * tile).Clear();
        for (int b = 0; b < blocks; b++)
        for (int run = 0; run < runs; run++)
        {
            int at = b * 32 + run * TCodes.RunLength;
            TSums.Run(w + at * TSums.Rows, y + at, 256, TCodes.RunLength / 2, sums);
            for (int p = 0; p < valid; p++)
            {
                Vector256<float> scale = Vector256.Create(yScales[8 * p + b]), ySum = Vector256.Create(ySums[8 * p + b]);
                for (int r = 0; r < TSums.Rows; r += 8)
                {
                    float* to = contributions + b * tile + p * TSums.Rows + r;
                    Vector256<float> contribution = Vector256.Load(scales + (b * runs + run) * TSums.Rows + r) * scale
                        * Vector256.ConvertToSingle(Vector256.Load(sums + p * TSums.Rows + r));
                    if (run > 0) contribution = Vector256.Load(to) + contribution;
                    if (TCodes.HasMins) contribution += Vector256.Load(mins + b * TSums.Rows + r) * ySum;
                    contribution.Store(to);
                }
            }
        }

        for (int at = 0; at < valid * TSums.Rows; at += 8)
        {
            float* t = contributions + at;
            Vector256<float> even = (Vector256.Load(t) + Vector256.Load(t + 4 * tile))
                + (Vector256.Load(t + 2 * tile) + Vector256.Load(t + 6 * tile));
            Vector256<float> odd = (Vector256.Load(t + tile) + Vector256.Load(t + 5 * tile))
                + (Vector256.Load(t + 3 * tile) + Vector256.Load(t + 7 * tile));
            (Vector256.Load(totals + at) + (even + odd)).Store(totals + at);
        }
    }

    // Blocks of one position from one on: codes as words, scales as floats.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load<TCodes>(byte* activations, int first, int blocks, short* y, float* scales, float* sums)
        where TCodes : ISmallBlockCodes
    {
        int stride = TCodes.HasMins ? sizeof(BlockQ8_1) : sizeof(BlockQ8_0);
        byte* block = activations + (long)first * stride;
        for (int b = 0; b < blocks; b++, block += stride)
        {
            scales[b] = Float16.ToSingle(*(ushort*)block);
            if (TCodes.HasMins) sums[b] = Float16.ToSingle(((ushort*)block)[1]);
            CodeWords.Widen((sbyte*)block + stride - 32, y + 32 * b, 2);
        }
    }
}
