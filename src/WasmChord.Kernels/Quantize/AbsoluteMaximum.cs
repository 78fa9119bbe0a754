using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>
/// The largest absolute value of a block, found on the bits: without the sign, IEEE floats order as integers do, with
/// infinity above every finite value and NaN above infinity. An integer maximum has no order of evaluation to keep, and
/// one comparison tells whether the block is finite.
/// </summary>
internal static unsafe class AbsoluteMaximum
{
    /// <summary>Bits of infinity: at or above lie the blocks that are not finite.</summary>
    public const int NotFinite = 0x7F80_0000;

    /// <summary>Bits of the largest |x| of <paramref name="count"/> values, a multiple of 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Bits(float* x, int count, bool lanes) => lanes ? Vector256Bits(x, count) : ScalarBits(x, count);

    /// <summary>True if none of <paramref name="count"/> values, a multiple of 32, is a NaN or an infinity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsFinite(float* x, int count, bool lanes) => Bits(x, count, lanes) < NotFinite;

    public static int ScalarBits(float* x, int count)
    {
        int largest = 0;
        for (int i = 0; i < count; i++)
            largest = Math.Max(largest, BitConverter.SingleToInt32Bits(x[i]) & int.MaxValue);
        return largest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Vector256Bits(float* x, int count)
    {
        Vector256<int> magnitude = Vector256.Create(int.MaxValue);
        Vector256<int> a = Vector256<int>.Zero, b = a;
        for (int i = 0; i < count; i += 16)
        {
            a = Vector256.Max(a, Vector256.Load((int*)x + i) & magnitude);
            b = Vector256.Max(b, Vector256.Load((int*)x + i + 8) & magnitude);
        }

        return Largest(Vector256.Max(a, b));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Vector512Bits(float* x, int count)
    {
        Vector512<int> magnitude = Vector512.Create(int.MaxValue);
        Vector512<int> a = Vector512<int>.Zero, b = a;
        for (int i = 0; i < count; i += 32)
        {
            a = Vector512.Max(a, Vector512.Load((int*)x + i) & magnitude);
            b = Vector512.Max(b, Vector512.Load((int*)x + i + 16) & magnitude);
        }

        a = Vector512.Max(a, b);
        return Largest(Vector256.Max(a.GetLower(), a.GetUpper()));
    }

    /// <summary>
    /// The first value whose magnitude has the given bits, with its sign: the value that a scan keeping the first of
    /// equals ends with. Positive zero for a block of zeros of either sign.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FirstWith(int bits, float* x)
    {
        if (bits == 0) return 0f;
        while ((BitConverter.SingleToInt32Bits(*x) & int.MaxValue) != bits) x++;
        return *x;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Largest(Vector256<int> v)
    {
        Vector128<int> half = Vector128.Max(v.GetLower(), v.GetUpper());
        half = Vector128.Max(half, Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1)));
        half = Vector128.Max(half, Vector128.Shuffle(half, Vector128.Create(1, 0, 3, 2)));
        return half.ToScalar();
    }
}
