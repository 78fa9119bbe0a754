using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>AVX2: sixteen bytes widen to one register of words.</summary>
internal readonly unsafe struct ByteDots256 : IByteDots
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Lanes(sbyte* codes, short* scales, sbyte* y, int offset, bool alternatesHalves)
    {
        // Pairs of the lower four lanes and of the upper four; eight sixteens go to either.
        Vector256<int> below = Vector256<int>.Zero, above = below;
        int apart = alternatesHalves ? 4 : 1;
        for (int i = 0; i < 8; i++)
        {
            int lower = alternatesHalves ? (i & 3) + 8 * (i >> 2) : 2 * i;
            below += Products(codes, scales, y, lower, offset);
            above += Products(codes, scales, y, lower + apart, offset);
        }

        return Avx2.Permute4x64(Avx2.HorizontalAdd(below, above).AsInt64(), 0b11_01_10_00).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Products(sbyte* codes, short* scales, sbyte* y, int part, int offset)
    {
        Vector256<short> words = Avx2.ConvertToVector256Int16(codes + 16 * part);
        if (offset != 0) words += Vector256.Create((short)offset);
        return Avx2.MultiplyAddAdjacent(words * Vector256.Create(scales[part]), Avx2.ConvertToVector256Int16(y + 16 * part));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Pairs(short* words, short* sums) =>
        Avx2.MultiplyAddAdjacent(Vector256.Load(words), Vector256.Load(sums));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sixteen(sbyte* codes, sbyte* y) => Vector256.Sum(Products(codes, y));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ThirtyTwo(sbyte* codes, sbyte* y) =>
        Vector256.Sum(Products(codes, y) + Products(codes + 16, y + 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Products(sbyte* codes, sbyte* y) =>
        Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(codes), Avx2.ConvertToVector256Int16(y));
}
