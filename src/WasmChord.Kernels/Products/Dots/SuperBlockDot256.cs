using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>
/// AVX2 products of super-blocks, one row and one position. A step multiplies thirty-two codes by activations in pairs
/// (words), multiplies the pairs by their scales and adds neighbours (integers): the integers of eight lanes, of four
/// codes each, which stay in their lanes to the end of the row.
/// </summary>
internal static unsafe class SuperBlockDot256
{
    /// <summary>One row · one position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Row<T>(byte* weights, byte* activations, PreparedActivations* prepared, int columns)
        where T : ISuperBlockLanes
    {
        Vector256<float> lanes = Vector256<float>.Zero, own = lanes;
        var y = (BlockQ8_K*)activations;
        for (int group = columns / 256; group > 0; group--, weights += T.TypeSize, y++)
        {
            (float scale, float minScale) = T.Factors(weights);
            Vector128<sbyte> bytes = T.Scales(weights);
            Vector256<short> sums = Vector256.Load(y->BSums);
            if (T.MinLanes > 0)
            {
                Vector256<int> mins = Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(T.Mins(weights)), sums);
                mins = SuperBlockSum.Join(mins, T.MinLanes);
                if (T.MinLanes == 8) lanes = SuperBlockSum.Add(lanes, -y->D * minScale, mins);
                else own = SuperBlockSum.Add(own, -y->D * minScale, mins);
            }

            // Even scales in the lower half, odd ones in the upper: step i takes word i of each.
            Vector128<byte> evenThenOdd = Vector128.Create((byte)0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
            Vector256<short> scales = Avx2.ConvertToVector256Int16(Ssse3.Shuffle(bytes.AsByte(), evenThenOdd).AsSByte());
            Vector256<int> a = Step<T>(weights, y->Qs, scales, 0) + Step<T>(weights, y->Qs, scales, 1);
            Vector256<int> b = Step<T>(weights, y->Qs, scales, 2) + Step<T>(weights, y->Qs, scales, 3);
            Vector256<int> c = Step<T>(weights, y->Qs, scales, 4) + Step<T>(weights, y->Qs, scales, 5);
            Vector256<int> d = Step<T>(weights, y->Qs, scales, 6) + Step<T>(weights, y->Qs, scales, 7);
            a += c;
            b += d;

            // The eight integers of a step are the lanes; or both its halves are the lower four, or the upper, in turn.
            Vector256<int> products = T.AlternatesHalves
                ? Avx2.Permute2x128(a, b, 0x20) + Avx2.Permute2x128(a, b, 0x31)
                : a + b;
            if (T.Offset != 0) products -= Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(bytes), sums) * T.Offset;
            lanes = SuperBlockSum.Add(lanes, y->D * scale, products);
        }

        return RowFold.Of<T>(lanes, own);
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
        Vector256<short> pairs = Avx2.MultiplyAddAdjacent(codes, values);
        if (T.Excess != 0) pairs -= Avx2.MultiplyAddAdjacent(Vector256.Create(T.Excess), values);
        return Avx2.MultiplyAddAdjacent(pairs, scale);
    }
}
