using System.Runtime.CompilerServices;

namespace WasmChord.Kernels;

/// <summary>
/// The references of the integer products: what ggml's <c>ggml_vec_dot_*_generic</c> compute (<c>ggml-cpu/quants.c</c>),
/// with the integers of a block added exactly, whence every twin gives the same bits. Floats are added in one order:
/// contributions within a group of 256 columns as <see cref="GroupSum"/> does, groups one after another.
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
        float sum = 0;
        for (int group = columns / 256; group > 0; group--, weights += TCodes.TypeSize, y++)
        {
            TCodes.UnpackScalar(weights, &codes);
            int products = 0, mins = 0;
            for (int i = 0; i < 256; i++) products += codes.Scales[i >> 4] * codes.Codes[i] * y->Qs[i];
            if (TCodes.HasMins)
                for (int i = 0; i < 16; i++) mins += codes.Mins[i] * y->BSums[i];
            sum += Contribution<TCodes>(&codes, y->D, products, mins);
        }

        return sum;
    }

    /// <summary>What one super-block adds to the sum: the one formula of every path.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Contribution<TCodes>(SuperBlockCodes* codes, float d, int products, int mins)
        where TCodes : ISuperBlockCodes
    {
        float contribution = codes->D * d * products;
        return TCodes.HasMins ? contribution - codes->DMin * d * mins : contribution;
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
