using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>
/// AVX2 products of super-blocks, one row and one position. A step multiplies thirty-two codes by activations in pairs
/// (words), multiplies the pairs by their scales and adds neighbours (integers). The eight sums, the mins' too, are
/// exact, so the float formula meets the same integers as the reference.
/// </summary>
internal static unsafe class SuperBlockDot256
{
    /// <summary>One row · one position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Row<T>(byte* weights, byte* activations, PreparedActivations* prepared, int columns)
        where T : ISuperBlockLanes
    {
        float sum = 0;
        var y = (BlockQ8_K*)activations;
        for (int group = columns / 256; group > 0; group--, weights += T.TypeSize, y++)
        {
            (float scale, float minScale) = T.Factors(weights);
            Vector128<sbyte> bytes = T.Scales(weights);
            Vector256<short> sums = Vector256.Load(y->BSums);

            // Even scales in the lower half, odd ones in the upper: step i takes word i of each.
            Vector128<byte> evenThenOdd = Vector128.Create((byte)0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
            Vector256<short> scales = Avx2.ConvertToVector256Int16(Ssse3.Shuffle(bytes.AsByte(), evenThenOdd).AsSByte());
            Vector256<int> a = Step<T>(weights, y->Qs, scales, 0) + Step<T>(weights, y->Qs, scales, 1);
            Vector256<int> b = Step<T>(weights, y->Qs, scales, 2) + Step<T>(weights, y->Qs, scales, 3);
            Vector256<int> c = Step<T>(weights, y->Qs, scales, 4) + Step<T>(weights, y->Qs, scales, 5);
            Vector256<int> d = Step<T>(weights, y->Qs, scales, 6) + Step<T>(weights, y->Qs, scales, 7);
            Vector256<int> products = (a + b) + (c + d);
            if (T.OffsetShift >= 0)
                products -= Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(bytes), sums) << T.OffsetShift;
            Vector256<int> mins = T.HasMins
                ? Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(T.Mins(weights)), sums)
                : Vector256<int>.Zero;
            sum += SuperBlockSum.Contribution<T>(scale * y->D, minScale * y->D, products, mins);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Step<T>(byte* weights, sbyte* y, Vector256<short> scales, int step)
        where T : ISuperBlockLanes
    {
        Vector256<byte> codes = T.Codes32(weights, step);
        Vector256<sbyte> values = Vector256.Load(y + 32 * step);
        if (T.IsSigned)
        {
            values = Avx2.Sign(values, codes.AsSByte());
            codes = Avx2.Abs(codes.AsSByte());
        }

        Vector256<byte> word = Vector256.Create((ushort)(0x0100 + 0x0202 * step)).AsByte();
        Vector256<short> scale = Avx2.Shuffle(scales.AsByte(), word).AsInt16();
        return Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(codes, values), scale);
    }
}
