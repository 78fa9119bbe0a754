using System.Runtime.CompilerServices;

namespace WasmChord.Kernels;

/// <summary>
/// Products by way of codes unpacked on the stack: the vector twins of <see cref="ScalarDot"/> for every format and
/// width that has no kernel of its own. Integers are exact and floats are combined by the reference's own formula, so
/// the bits are its bits.
/// </summary>
internal static unsafe class UnpackedDot
{
    /// <summary>One row of super-blocks · one position of <see cref="BlockQ8_K"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    internal static float SuperBlocks<TCodes, TDots>(byte* weights, byte* activations, PreparedActivations* prepared, int columns)
        where TCodes : ISuperBlockCodes
        where TDots : IByteDots
    {
        SuperBlockCodes codes;
        var y = (BlockQ8_K*)activations;
        float sum = 0;
        for (int group = columns / 256; group > 0; group--, weights += TCodes.TypeSize, y++)
        {
            TCodes.Unpack(weights, &codes);
            int mins = TCodes.HasMins ? TDots.Words(codes.Mins, y->BSums) : 0;
            sum += ScalarDot.Contribution<TCodes>(&codes, y->D, TDots.Scaled(&codes, y->Qs), mins);
        }

        return sum;
    }

    /// <summary>One row of blocks with float scales · one position of Q8_0 or Q8_1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    internal static float SmallBlocks<TCodes, TDots>(byte* weights, byte* activations, PreparedActivations* prepared, int columns)
        where TCodes : ISmallBlockCodes
        where TDots : IByteDots
    {
        SmallBlockCodes codes;
        float* contributions = stackalloc float[8];
        int stride = TCodes.HasMins ? sizeof(BlockQ8_1) : sizeof(BlockQ8_0), runs = 32 / TCodes.RunLength;
        sbyte* y = (sbyte*)activations + stride - 32;
        float* scales = prepared->Scales, scaledSums = prepared->ScaledSums;
        float sum = 0;
        for (; columns > 0; columns -= 256, scales += 8, scaledSums += 8)
        {
            int values = Math.Min(256, columns);
            for (int i = 0; i < values; i += TCodes.BlockSize, weights += TCodes.TypeSize)
                TCodes.Unpack(weights, codes.Codes + i, codes.Scales + i / TCodes.RunLength, codes.Mins + i / 32);
            for (int block = 0; block < 8; block++)
            {
                contributions[block] = 0;
                if (32 * block >= values) continue;
                sbyte* x = codes.Codes + 32 * block;
                contributions[block] = codes.Scales[block * runs] * scales[block]
                    * (runs == 1 ? TDots.ThirtyTwo(x, y) : TDots.Sixteen(x, y));
                if (runs == 2)
                    contributions[block] += codes.Scales[2 * block + 1] * scales[block] * TDots.Sixteen(x + 16, y + 16);
                if (TCodes.HasMins) contributions[block] += codes.Mins[block] * scaledSums[block];
                y += stride;
            }

            sum += GroupSum.Of(contributions);
        }

        return sum;
    }
}
