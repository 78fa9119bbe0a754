using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Smallest and largest of a block of 32 finite values, each the first among equals.</summary>
internal static unsafe class ValueRange
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (float Min, float Max) Of(float* x, bool lanes) => lanes ? OfVector256(x) : OfScalar(x);

    public static (float Min, float Max) OfScalar(float* x)
    {
        float min = x[0], max = x[0];
        for (int i = 1; i < TruncatedLevels.BlockSize; i++)
        {
            if (x[i] < min) min = x[i];
            if (x[i] > max) max = x[i];
        }

        return (min, max);
    }

    /// <summary>
    /// Minimum and maximum do not depend on order but for the sign of a zero, which is stored when it is the minimum:
    /// then the scalar decides. A zero maximum above a negative minimum loses its sign in the subtraction.
    /// </summary>
    public static (float Min, float Max) OfVector256(float* x)
    {
        Vector256<float> a = Vector256.Load(x), b = Vector256.Load(x + 8);
        Vector256<float> c = Vector256.Load(x + 16), d = Vector256.Load(x + 24);
        Vector256<float> low = Vector256.MinNative(Vector256.MinNative(a, b), Vector256.MinNative(c, d));
        Vector256<float> high = Vector256.MaxNative(Vector256.MaxNative(a, b), Vector256.MaxNative(c, d));
        Vector128<float> low4 = Vector128.MinNative(low.GetLower(), low.GetUpper());
        Vector128<float> high4 = Vector128.MaxNative(high.GetLower(), high.GetUpper());
        low4 = Vector128.MinNative(low4, Vector128.Shuffle(low4, Vector128.Create(2, 3, 0, 1)));
        high4 = Vector128.MaxNative(high4, Vector128.Shuffle(high4, Vector128.Create(2, 3, 0, 1)));
        low4 = Vector128.MinNative(low4, Vector128.Shuffle(low4, Vector128.Create(1, 0, 3, 2)));
        high4 = Vector128.MaxNative(high4, Vector128.Shuffle(high4, Vector128.Create(1, 0, 3, 2)));
        float min = low4.ToScalar();
        return min == 0f ? OfScalar(x) : (min, high4.ToScalar());
    }
}
