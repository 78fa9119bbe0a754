using System.Runtime.CompilerServices;

namespace WasmChord.Kernels;

/// <summary>
/// e^x for many floats, within 2 units in the last place where the result is normal. The method and its coefficients are
/// those of Arm's optimized routines, as ggml uses them (<c>ggml_v_expf</c>), in the form for machines without fused
/// multiply-add: x = n · ln 2 + b, with ln 2 in two parts whose first has trailing zeros, so that n times it is exact;
/// then e^b by a polynomial of degree five. From 88.72284 on it is
/// infinite, from −103.97208 down zero.
/// </summary>
internal static unsafe class Exponential
{
    /// <summary>Bits of a float's fraction.</summary>
    internal const int FractionBits = 23;

    /// <summary>The bits of 1.0f.</summary>
    internal const int OneBits = 0x3F80_0000;

    // Added to a number of magnitude below 2^22 it leaves the nearest integer in the low bits.
    private const float Shift = 12_582_912f; // 1.5 · 2^23
    private const float Log2OfE = 1.442695f; // 0x1.715476p+0
    private const float Ln2High = 0.69314575f; // 0x1.62e4p-1
    private const float Ln2Low = 1.4286068e-06f; // 0x1.7f7d1cp-20
    private const float C1 = 0.9999994f; // 0x1.ffffecp-1
    private const float C2 = 0.49999127f; // 0x1.fffdb6p-2
    private const float C3 = 0.16668396f; // 0x1.555e66p-3
    private const float C4 = 0.041899767f; // 0x1.573e2ep-5
    private const float C5 = 0.00824739f; // 0x1.0e4020p-7

    // Within this 2^n is a normal float; beyond the second the result is zero or infinite.
    private const float NormalExponents = 126, FiniteExponents = 192;

    /// <summary>e^x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Of(float x)
    {
        float shifted = x * Log2OfE + Shift, n = shifted - Shift;
        float b = x - n * Ln2High - n * Ln2Low, u = b * b;
        float j = ((C5 * b + C4) * u + (C3 * b + C2)) * u + C1 * b; // e^b − 1
        if (MathF.Abs(n) > NormalExponents) return OfExtreme(shifted, n, j);
        float k = BitConverter.Int32BitsToSingle((BitConverter.SingleToInt32Bits(shifted) << FractionBits) + OneBits);
        return j * k + k;
    }

    /// <summary>e^x of sixteen values: the same operations, lane by lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Of<T>(T x)
        where T : unmanaged, IFloats<T>
    {
        T shift = T.Create(Shift), shifted = x * T.Create(Log2OfE) + shift, n = shifted - shift;
        if (T.AnyMagnitudeAbove(n, NormalExponents)) return OneByOne(x);
        T b = x - n * T.Create(Ln2High) - n * T.Create(Ln2Low), u = b * b;
        T j = ((T.Create(C5) * b + T.Create(C4)) * u + (T.Create(C3) * b + T.Create(C2))) * u + T.Create(C1) * b;
        T k = T.PowerOfTwo(shifted);
        return j * k + k;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T OneByOne<T>(T x)
        where T : unmanaged, IFloats<T>
    {
        float* values = stackalloc float[16];
        x.Store(values);
        for (int i = 0; i < 16; i++) values[i] = Of(values[i]);
        return T.Load(values);
    }

    // 2^n is applied as two factors that are normal floats each: 2^±(126 or so) and the rest.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float OfExtreme(float shifted, float n, float j)
    {
        int offset = n <= 0 ? unchecked((int)0x8200_0000) : 0;
        float first = BitConverter.Int32BitsToSingle(offset + 0x7F00_0000);
        if (MathF.Abs(n) > FiniteExponents) return first * first;
        float rest = BitConverter.Int32BitsToSingle((BitConverter.SingleToInt32Bits(shifted) << FractionBits) - offset);
        return (rest * j + rest) * first;
    }
}
