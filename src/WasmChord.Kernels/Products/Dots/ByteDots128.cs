using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Portable 128-bit vectors: bytes widen to words, words multiply in pairs.</summary>
internal readonly unsafe struct ByteDots128 : IByteDots
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Scaled(SuperBlockCodes* codes, sbyte* y)
    {
        Vector128<int> sums = Vector128<int>.Zero;
        for (int part = 0; part < 16; part++)
        {
            Vector128<short> scale = Vector128.Create(codes->Scales[part]);
            (Vector128<short> first, Vector128<short> second) = Vector128.Widen(Vector128.Load(codes->Codes + 16 * part));
            (Vector128<short> y1, Vector128<short> y2) = Vector128.Widen(Vector128.Load(y + 16 * part));
            sums += PairProducts.Of(first * scale, y1) + PairProducts.Of(second * scale, y2);
        }

        return Vector128.Sum(sums);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Words(short* mins, short* sums) => Vector128.Sum(
        PairProducts.Of(Vector128.Load(mins), Vector128.Load(sums))
        + PairProducts.Of(Vector128.Load(mins + 8), Vector128.Load(sums + 8)));

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
