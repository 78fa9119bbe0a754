using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>
/// The levels of a block of 32 values in the formats with unsigned codes: (x − min) / scale + offset, truncated and
/// clamped; the offset holds the half that makes truncation round.
/// </summary>
internal static unsafe class TruncatedLevels
{
    public const int BlockSize = 32;

    public static void Of(float* x, float min, float reciprocal, float offset, int largest, byte* levels, bool lanes)
    {
        if (lanes) OfVector256(x, min, reciprocal, offset, largest, levels);
        else OfScalar(x, min, reciprocal, offset, largest, levels);
    }

    public static void OfScalar(float* x, float min, float reciprocal, float offset, int largest, byte* levels)
    {
        for (int i = 0; i < BlockSize; i++)
            levels[i] = (byte)Math.Clamp((int)(((x[i] - min) * reciprocal) + offset), 0, largest);
    }

    /// <summary>
    /// Eight values a vector, each computed as the scalar does. What a native conversion leaves open lies out of reach
    /// (the quotient of finite values is at most the largest level) but for NaN, where x − min overflowed: 0 here by
    /// the clamp, 0 there by the language.
    /// </summary>
    public static void OfVector256(float* x, float min, float reciprocal, float offset, int largest, byte* levels)
    {
        Vector256<float> minimum = Vector256.Create(min), factor = Vector256.Create(reciprocal);
        Vector256<float> shift = Vector256.Create(offset);
        Vector256<int> top = Vector256.Create(largest);
        for (int i = 0; i < BlockSize; i += 16)
        {
            Vector256<int> low = Eight(x + i, minimum, factor, shift, top);
            Vector256<int> high = Eight(x + i + 8, minimum, factor, shift, top);
            LevelBytes.Store(low, high, levels + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Eight(
        float* x, Vector256<float> min, Vector256<float> factor, Vector256<float> offset, Vector256<int> largest)
    {
        Vector256<int> level = Vector256.ConvertToInt32Native(((Vector256.Load(x) - min) * factor) + offset);
        return Vector256.Min(Vector256.Max(level, Vector256<int>.Zero), largest);
    }
}
