using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>
/// AVX2 products of blocks of 32 with float scales, one row and one position, eight blocks at a time: their integer
/// sums meet in one register, and so do their scales, so the floats of eight blocks cost what those of one would.
/// </summary>
internal static unsafe class SmallBlockDot256
{
    /// <summary>One row · one position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    internal static float Row<T>(byte* weights, byte* activations, PreparedActivations* prepared, int columns)
        where T : ISmallBlockLanes
    {
        int stride = T.HasMins ? sizeof(BlockQ8_1) : sizeof(BlockQ8_0);
        sbyte* y = (sbyte*)activations + stride - 32;
        float* scales = prepared->Scales, scaledSums = prepared->ScaledSums;
        int* sums = prepared->Sums;
        float sum = 0;
        for (; columns >= 256; columns -= 256, weights += 8 * T.TypeSize, y += 8 * stride)
        {
            Vector256<int> a = Avx2.HorizontalAdd(Block<T>(weights, y, 0), Block<T>(weights, y, 1));
            Vector256<int> b = Avx2.HorizontalAdd(Block<T>(weights, y, 2), Block<T>(weights, y, 3));
            Vector256<int> c = Avx2.HorizontalAdd(Block<T>(weights, y, 4), Block<T>(weights, y, 5));
            Vector256<int> d = Avx2.HorizontalAdd(Block<T>(weights, y, 6), Block<T>(weights, y, 7));
            a = Avx2.HorizontalAdd(a, b);
            c = Avx2.HorizontalAdd(c, d);
            Vector256<int> products = Avx2.Permute2x128(a, c, 0x20) + Avx2.Permute2x128(a, c, 0x31);
            if (T.Offset != 0) products -= Vector256.Load(sums) * T.Offset;
            Vector256<float> contributions = T.Scales8(weights) * Vector256.Load(scales) * Vector256.ConvertToSingle(products);
            if (T.HasMins) contributions += T.Mins8(weights) * Vector256.Load(scaledSums);
            sum += GroupSum.Of(contributions);
            scales += 8;
            scaledSums += 8;
            sums += 8;
        }

        if (columns == 0) return sum;
        PreparedActivations rest = new() { Scales = scales, ScaledSums = scaledSums, Sums = sums };
        return sum + UnpackedDot.SmallBlocks<T, ByteDots256>(weights, (byte*)(y - stride + 32), &rest, columns);
    }

    // Eight exact sums of four products each.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Block<T>(byte* weights, sbyte* y, int index)
        where T : ISmallBlockLanes
    {
        int stride = T.HasMins ? sizeof(BlockQ8_1) : sizeof(BlockQ8_0);
        Vector256<byte> codes = T.Codes32(weights + index * T.TypeSize);
        Vector256<sbyte> values = Vector256.Load(y + index * stride);
        if (T.IsSigned)
        {
            values = Avx2.Sign(values, codes.AsSByte());
            codes = Avx2.Abs(codes.AsSByte());
        }

        return Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(codes, values), Vector256<short>.One);
    }
}
