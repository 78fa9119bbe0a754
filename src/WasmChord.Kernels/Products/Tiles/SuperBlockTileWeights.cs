using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>One super-block of each row of a tile, taken apart; rows lie side by side. The memory is the caller's.</summary>
internal unsafe struct SuperBlockTileWeights
{
    /// <summary>(128, rows, 2): code, with its offset, times scale.</summary>
    public short* Words;

    /// <summary>(128, rows, 2): shift times scale, of formats that have shifts.</summary>
    public short* Shifts;

    /// <summary>(8, rows, 2): the mins, or the scales times minus the offset, of formats that have one or the other.</summary>
    public short* Extra;

    /// <summary>(rows): what the products are multiplied by.</summary>
    public float* D;

    /// <summary>(rows): what the mins are multiplied by.</summary>
    public float* DMin;

    /// <summary>Fills it, four rows at a time. The row after the last is the last.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly void Unpack<TCodes, TSums>(in ProductShape shape, int firstRow, int group)
        where TCodes : ISuperBlockCodes
        where TSums : ITileSums
    {
        SuperBlockCodes codes;
        bool hasExtra = TCodes.MinLanes > 0 || TCodes.Offset != 0;
        short* words = stackalloc short[4 * 256], extra = stackalloc short[4 * 16];
        short* shifts = stackalloc short[TCodes.HasShifts ? 4 * 256 : 1];
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
                CodeWords.Scale(codes.Codes, codes.Scales, TCodes.Offset, words + 256 * i);
                if (TCodes.HasShifts) CodeWords.Scale(codes.Shifts, codes.Scales, 0, shifts + 256 * i);
                D[r + i] = codes.D;
                if (TCodes.MinLanes > 0) DMin[r + i] = codes.DMin;
                if (!hasExtra) continue;
                short* from = TCodes.MinLanes > 0 ? codes.Mins : codes.Scales;
                Vector128<short> factor = Vector128.Create((short)(TCodes.MinLanes > 0 ? 1 : -TCodes.Offset));
                (Vector128.Load(from) * factor).Store(extra + 16 * i);
                (Vector128.Load(from + 8) * factor).Store(extra + 16 * i + 8);
            }

            PairTranspose.Run(words, 128, Words + 2 * r, TSums.Rows);
            if (TCodes.HasShifts) PairTranspose.Run(shifts, 128, Shifts + 2 * r, TSums.Rows);
            if (hasExtra) PairTranspose.Run(extra, 8, Extra + 2 * r, TSums.Rows);
        }
    }
}
