using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>AVX2: sixteen bytes widen to one register of words.</summary>
internal readonly unsafe struct ByteDots256 : IByteDots
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Scaled(SuperBlockCodes* codes, sbyte* y)
    {
        Vector256<int> sums = Vector256<int>.Zero;
        for (int part = 0; part < 16; part++)
        {
            Vector256<short> scaled = Avx2.ConvertToVector256Int16(codes->Codes + 16 * part)
                * Vector256.Create(codes->Scales[part]);
            sums += Avx2.MultiplyAddAdjacent(scaled, Avx2.ConvertToVector256Int16(y + 16 * part));
        }

        return Vector256.Sum(sums);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Words(short* mins, short* sums) =>
        Vector256.Sum(Avx2.MultiplyAddAdjacent(Vector256.Load(mins), Vector256.Load(sums)));

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
