using System.Runtime.CompilerServices;

namespace WasmChord.Kernels;

/// <summary>
/// The references of the integer products: what ggml's <c>ggml_vec_dot_*_generic</c> compute (<c>ggml-cpu/quants.c</c>),
/// with the integers of a block added exactly, whence every twin gives the same bits. Floats are added in one order:
/// those of super-blocks in the lanes that <see cref="ISuperBlockCodes"/> describes, those of small blocks within a group
/// of 256 columns as <see cref="GroupSum"/> does, groups one after another.
/// </summary>
internal static unsafe class ScalarDot
{
    /// <summary>One row of super-blocks · one position of <see cref="BlockQ8_K"/>.</summary>
    [SkipLocalsInit]
    internal static float SuperBlocks<TCodes>(byte* weights, byte* activations, PreparedActivations* prepared, int columns)
        where TCodes : ISuperBlockCodes
    {
        SuperBlockCodes codes;
        var y = (BlockQ8_K*)activations;
        float* lanes = stackalloc float[8], own = stackalloc float[8];
        int* products = stackalloc int[8], shifts = stackalloc int[8], mins = stackalloc int[8];
        for (int i = 0; i < 8; i++) lanes[i] = own[i] = 0;
        for (int group = columns / 256; group > 0; group--, weights += TCodes.TypeSize, y++)
        {
            TCodes.UnpackScalar(weights, &codes);
            for (int i = 0; i < 8; i++) products[i] = shifts[i] = mins[i] = 0;
            for (int i = 0; i < 256; i++)
            {
                int lane = LaneOf<TCodes>(i), scaled = codes.Scales[i >> 4] * y->Qs[i];
                products[lane] += scaled * (codes.Codes[i] + TCodes.Offset);
                if (TCodes.HasShifts) shifts[lane] += scaled * codes.Shifts[i];
            }

            for (int run = 0; run < 16; run++)
            {
                if (TCodes.Offset != 0) products[run >> 1] -= TCodes.Offset * codes.Scales[run] * y->BSums[run];
                if (TCodes.MinLanes > 0) mins[run * TCodes.MinLanes >> 4] += codes.Mins[run] * y->BSums[run];
            }

            float d = y->D * codes.D;
            if (TCodes.MinLanes > 0) Add(TCodes.MinLanes == 8 ? lanes : own, -y->D * codes.DMin, mins, TCodes.MinLanes);
            Add(lanes, d, products, TCodes.LaneCount);
            if (TCodes.HasShifts) Add(own, d, shifts, 8);
        }

        return RowFold.Of<TCodes>(lanes, own);
    }

    // The lane of value i of a super-block.
    private static int LaneOf<TCodes>(int i)
        where TCodes : ISuperBlockCodes
    {
        if (TCodes.LaneCount == 1) return 0;
        return TCodes.AlternatesHalves ? 4 * ((i >> 6) & 1) + ((i >> 2) & 3) : (i >> 2) & 7;
    }

    private static void Add(float* lanes, float factor, int* integers, int count)
    {
        for (int i = 0; i < count; i++) lanes[i] = factor * integers[i] + lanes[i];
    }

    /// <summary>One row of blocks with float scales · one position of Q8_0 or Q8_1.</summary>
    [SkipLocalsInit]
    internal static float SmallBlocks<TCodes>(byte* weights, byte* activations, PreparedActivations* prepared, int columns)
        where TCodes : ISmallBlockCodes
    {
        SmallBlockCodes codes;
        float* contributions = stackalloc float[8];
        int stride = TCodes.HasMins ? sizeof(BlockQ8_1) : sizeof(BlockQ8_0), skip = stride - 32;
        float sum = 0;
        for (int from = 0; from < columns; from += 256)
        {
            int values = Math.Min(256, columns - from), runs = 32 / TCodes.RunLength;
            for (int i = 0; i < values; i += TCodes.BlockSize, weights += TCodes.TypeSize)
                TCodes.UnpackScalar(weights, codes.Codes + i, codes.Scales + i / TCodes.RunLength, codes.Mins + i / 32);
            for (int block = 0; block < 8; block++)
            {
                contributions[block] = 0;
                if (32 * block >= values) continue;
                int at = from / 32 + block;
                var y = (sbyte*)(activations + (long)at * stride + skip);
                for (int run = 0; run < runs; run++)
                {
                    int products = 0;
                    for (int i = run * TCodes.RunLength; i < (run + 1) * TCodes.RunLength; i++)
                        products += codes.Codes[32 * block + i] * y[i];
                    float part = codes.Scales[block * runs + run] * prepared->Scales[at] * products;
                    contributions[block] = run == 0 ? part : contributions[block] + part;
                }

                if (TCodes.HasMins) contributions[block] += codes.Mins[block] * prepared->ScaledSums[at];
            }

            sum += GroupSum.Of(contributions);
        }

        return sum;
    }
}
