using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>
/// Products by way of codes unpacked on the stack: the vector twins of <see cref="ScalarDot"/> for every format and
/// width that has no kernel of its own. Integers are exact and floats are added in the reference's own order, so
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
        Vector256<float> lanes = Vector256<float>.Zero, own = lanes;
        for (int group = columns / 256; group > 0; group--, weights += TCodes.TypeSize, y++)
        {
            TCodes.Unpack(weights, &codes);
            float d = y->D * codes.D;
            if (TCodes.MinLanes > 0)
            {
                float minFactor = -y->D * codes.DMin;
                Vector256<int> mins = SuperBlockSum.Join(TDots.Pairs(codes.Mins, y->BSums), TCodes.MinLanes);
                if (TCodes.MinLanes == 8) lanes = SuperBlockSum.Add(lanes, minFactor, mins);
                else own = SuperBlockSum.Add(own, minFactor, mins);
            }

            Vector256<int> products = TDots.Lanes(codes.Codes, codes.Scales, y->Qs, TCodes.Offset, TCodes.AlternatesHalves);
            if (TCodes.Offset != 0) products -= TDots.Pairs(codes.Scales, y->BSums) * TCodes.Offset;
            lanes = SuperBlockSum.Add(lanes, d, SuperBlockSum.Join(products, TCodes.LaneCount));
            if (TCodes.HasShifts)
                own = SuperBlockSum.Add(own, d, TDots.Lanes(codes.Shifts, codes.Scales, y->Qs, 0, TCodes.AlternatesHalves));
        }

        return RowFold.Of<TCodes>(lanes, own);
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
