using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Portable 128-bit vectors: bytes widen to words, words multiply in pairs.</summary>
internal readonly unsafe struct ByteDots128 : IByteDots
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Lanes(sbyte* codes, short* scales, sbyte* y, int offset, bool alternatesHalves)
    {
        // Pairs of the lower four lanes and of the upper four; eight sixteens go to either.
        Vector128<int> a = Vector128<int>.Zero, b = a, c = a, d = a;
        int apart = alternatesHalves ? 4 : 1;
        for (int i = 0; i < 8; i++)
        {
            int lower = alternatesHalves ? (i & 3) + 8 * (i >> 2) : 2 * i, upper = lower + apart;
            (Vector128<short> first, Vector128<short> second) = Scaled(codes, scales, lower, offset);
            (Vector128<short> y1, Vector128<short> y2) = Vector128.Widen(Vector128.Load(y + 16 * lower));
            a += PairProducts.Of(first, y1);
            b += PairProducts.Of(second, y2);
            (first, second) = Scaled(codes, scales, upper, offset);
            (y1, y2) = Vector128.Widen(Vector128.Load(y + 16 * upper));
            c += PairProducts.Of(first, y1);
            d += PairProducts.Of(second, y2);
        }

        return Vector256.Create(PairProducts.Neighbours(a, b), PairProducts.Neighbours(c, d));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<short> First, Vector128<short> Second) Scaled(sbyte* codes, short* scales, int part, int offset)
    {
        Vector128<short> scale = Vector128.Create(scales[part]);
        (Vector128<short> first, Vector128<short> second) = Vector128.Widen(Vector128.Load(codes + 16 * part));
        if (offset != 0)
        {
            first += Vector128.Create((short)offset);
            second += Vector128.Create((short)offset);
        }

        return (first * scale, second * scale);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Pairs(short* words, short* sums) => Vector256.Create(
        PairProducts.Of(Vector128.Load(words), Vector128.Load(sums)),
        PairProducts.Of(Vector128.Load(words + 8), Vector128.Load(sums + 8)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sixteen(sbyte* codes, sbyte* y) => Vector128.Sum(Products(codes, y));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ThirtyTwo(sbyte* codes, sbyte* y) =>
        Vector128.Sum(Products(codes, y) + Products(codes + 16, y + 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Products(sbyte* codes, sbyte* y)
    {
        (Vector128<short> first, Vector128<short> second) = Vector128.Widen(Vector128.Load(codes));
        (Vector128<short> y1, Vector128<short> y2) = Vector128.Widen(Vector128.Load(y));
        return PairProducts.Of(first, y1) + PairProducts.Of(second, y2);
    }
}
