using System.Runtime.CompilerServices;

namespace WasmChord.Kernels;

/// <summary>
/// IEEE 754 binary16 to and from binary32, with the bits that ggml gives: signalling NaNs become quiet and keep their
/// payload on the way up; every NaN becomes <c>0x7E00</c> with its sign on the way down. (The conversions of
/// <see cref="Half"/> treat payloads differently.)
/// </summary>
public static class Float16
{
    // Half's exponent lies in bits 23–27 after the shift; 224 = 255 − 31 lifts an all-ones exponent to an all-ones one,
    // so infinities and NaNs survive, and the product with 2^−112 brings finite numbers back to scale exactly.
    internal const uint LiftedExponent = 224u << 23;
    internal const float LiftedOne = 316912650057057350374175801344f; // 2^98
    internal const float Lowered = 1.925929944387235853055977942584927319e-34f; // 2^-112

    // Just under half a unit of the 13 bits that go, and the exponent's bias moved from 127 to 15.
    internal const uint HalfUnitRebased = unchecked(0x0FFFu - (112u << 23));

    /// <summary>Converts one value, exactly.</summary>
    public static float ToSingle(Half value) => ToSingle(BitConverter.HalfToUInt16Bits(value));

    /// <summary>Converts one value given by its bits, exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(ushort bits)
    {
        // With an exponent of 1 to 30 the fields only move, and the bias grows by 112. The sign comes by extension.
        if (((bits + 0x0400) & 0x7800) != 0)
            return BitConverter.UInt32BitsToSingle((((uint)(short)bits << 13) & 0x8FFF_E000) + (112u << 23));
        return ToSingleWithoutExponent(bits);
    }

    // Zero, subnormal, infinite or NaN. Inlined: a call, however rare, would cost loops their vector registers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float ToSingleWithoutExponent(ushort bits)
    {
        uint magnitude = (uint)(bits & 0x7FFF) << 13;

        // Without an exponent the leading one is not implied: place the fraction under a leading one and take it off.
        float lifted = magnitude < 1u << 23
            ? BitConverter.UInt32BitsToSingle(magnitude + LiftedExponent + (1u << 23)) - LiftedOne
            : BitConverter.UInt32BitsToSingle(magnitude + LiftedExponent);
        uint result = BitConverter.SingleToUInt32Bits(lifted * Lowered);
        return BitConverter.UInt32BitsToSingle(result | ((uint)(bits & 0x8000) << 16));
    }

    /// <summary>Rounds one value to the nearest, ties to even; what exceeds 65,519.99 becomes infinite.</summary>
    public static Half FromSingle(float value) => BitConverter.UInt16BitsToHalf(BitsFromSingle(value));

    /// <summary>As <see cref="FromSingle"/>, giving the bits.</summary>
    public static ushort BitsFromSingle(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        uint sign = (bits >> 16) & 0x8000;
        uint magnitude = bits & 0x7FFF_FFFF;

        if (magnitude >= 0x4780_0000) // 2^16 and above, infinity, NaN
            return (ushort)(sign | (magnitude > 0x7F80_0000 ? 0x7E00u : 0x7C00u));
        if (magnitude < 0x3880_0000) // below 2^−14: the unit in the last place of 0.5f is that of a subnormal half
            return (ushort)(sign | (BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle(magnitude) + 0.5f)
                - 0x3F00_0000));

        // The lowest bit that stays decides ties.
        uint rounded = magnitude + HalfUnitRebased + ((magnitude >> 13) & 1);
        return (ushort)(sign | (rounded >> 13));
    }
}
