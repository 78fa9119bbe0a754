using System.Runtime.CompilerServices;

namespace WasmChord.Kernels;

/// <summary>
/// 32 values to signed bytes with one scale: d = max|x| / 127, code = x / d rounded to nearest, ties away from zero.
/// The rule of Q8_0 and Q8_1 in ggml's reference; its processor-specific versions round ties to even and differ in a
/// code now and then.
/// </summary>
internal static unsafe partial class SignedCodes
{
    public const int BlockSize = 32;

    /// <summary>
    /// Largest float below a half: adding it and truncating rounds ties away from zero and nothing else up.
    /// </summary>
    private const float JustBelowHalf = 0.49999997f;

    /// <summary>
    /// Writes 32 codes and returns the scale in full precision; NaN, with codes zero, for non-finite input.
    /// </summary>
    public static float OfScalar(float* x, sbyte* codes)
    {
        int magnitude = AbsoluteMaximum.ScalarBits(x, BlockSize);
        if (magnitude >= AbsoluteMaximum.NotFinite) return NotFinite(codes);

        float d = BitConverter.Int32BitsToSingle(magnitude) / 127f;
        float reciprocal = ScaleReciprocal.Of(d);
        for (int i = 0; i < BlockSize; i++)
            codes[i] = (sbyte)(int)MathF.Round(x[i] * reciprocal, MidpointRounding.AwayFromZero);
        return d;
    }

    private static float NotFinite(sbyte* codes)
    {
        Unsafe.InitBlockUnaligned(codes, 0, BlockSize);
        return NotFiniteBlock.SingleScale;
    }
}
