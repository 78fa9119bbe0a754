using System.Runtime.CompilerServices;

namespace WasmChord.Kernels;

/// <summary>
/// IEEE binary16 as stored in blocks. Rounding is to nearest, ties to even; a NaN becomes the quiet NaN 0x7E00 with its
/// own sign, payload dropped, as in ggml's <c>ggml_compute_fp32_to_fp16</c>.
/// </summary>
internal static class HalfBits
{
    /// <summary>The quiet NaN that all NaNs become, but for their sign.</summary>
    public const ushort NaN = 0x7E00;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort FromSingle(float value) => float.IsNaN(value)
        ? (ushort)(((BitConverter.SingleToUInt32Bits(value) >> 16) & 0x8000) | NaN)
        : BitConverter.HalfToUInt16Bits((Half)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(ushort bits) => (float)BitConverter.UInt16BitsToHalf(bits);
}
