namespace WasmChord.Kernels;

/// <summary>bfloat16 to and from binary32: the upper half of a float.</summary>
public static class BrainFloat16
{
    /// <summary>Converts one value given by its bits, exactly, NaN payloads included.</summary>
    public static float ToSingle(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>Rounds to the nearest, ties to even; NaNs become quiet and keep the top of their payload.</summary>
    public static ushort BitsFromSingle(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if ((bits & 0x7FFF_FFFF) > 0x7F80_0000) return (ushort)((bits >> 16) | 0x40);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
