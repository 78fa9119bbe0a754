namespace WasmChord.Kernels;

/// <summary>
/// The scales of the four-bit float formats. Both are halved, because the table of E2M1 values holds their doubles, as
/// in ggml's <c>ggml-impl.h</c>.
/// </summary>
internal static class MicroscalingFloats
{
    /// <summary>Twice the sixteen values of E2M1, in code order; negative zero counts as zero.</summary>
    internal static ReadOnlySpan<sbyte> DoubledE2M1 => [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

    /// <summary>Half of an E8M0 power of two, 2^(code − 128); the NaN code 255 too, as in ggml.</summary>
    internal static float HalfOfE8M0(byte code) => BitConverter.UInt32BitsToSingle(
        code < 2 ? 0x0020_0000u << code : (uint)(code - 1) << 23);

    /// <summary>Half of an unsigned E4M3 number. The NaN code 127 is read as zero; bit 7 is not looked at.</summary>
    internal static float HalfOfUE4M3(byte code)
    {
        if (code is 0 or 0x7F) return 0f;
        int exponent = (code >> 3) & 15, fraction = code & 7;

        // 2^−10 is half the weight of the last fraction bit of a subnormal; each exponent step doubles it.
        return exponent == 0
            ? fraction * (1f / 1024f)
            : (8 + fraction) * BitConverter.UInt32BitsToSingle((uint)(exponent - 11 + 127) << 23);
    }
}
