using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Unpacks sixteen codes of a few bits each into sixteen bytes.</summary>
internal static unsafe class Codes
{
    /// <summary>The low nibbles of sixteen bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> LowNibbles(Vector128<byte> packed) => packed & Vector128.Create((byte)15);

    /// <summary>The high nibbles of sixteen bytes. Words are shifted, and what they drag across is masked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> HighNibbles(Vector128<byte> packed) =>
        (packed.AsUInt16() >>> 4).AsByte() & Vector128.Create((byte)15);

    /// <summary>Bit pair <paramref name="pair"/> (0 is the lowest) of sixteen bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> Pairs(Vector128<byte> packed, int pair) =>
        (packed.AsUInt16() >>> (2 * pair)).AsByte() & Vector128.Create((byte)3);

    /// <summary><paramref name="value"/> where bit <paramref name="bit"/> of a byte is set, zero elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> WhereBit(Vector128<byte> packed, int bit, byte value)
    {
        Vector128<byte> mask = Vector128.Create((byte)(1 << bit));
        return Vector128.Equals(packed & mask, mask) & Vector128.Create(value);
    }

    /// <summary>All ones in byte i where bit i of <paramref name="bits"/> is set, zero elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> SpreadBits(uint bits)
    {
        // Byte i of the copies is the byte that holds bit i; there the bit is tested in place.
        Vector128<byte> owners = Vector128.Create(0x0000_0000_0000_0000ul, 0x0101_0101_0101_0101ul).AsByte();
        Vector128<byte> copies = Vector128.ShuffleNative(Vector128.CreateScalarUnsafe(bits).AsByte(), owners);
        Vector128<byte> mask = Vector128.Create(0x8040_2010_0804_0201ul).AsByte();
        return Vector128.Equals(copies & mask, mask);
    }

    /// <summary>Negates the magnitudes, all below 128, whose bit in <paramref name="signs"/> is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<sbyte> WithSigns(Vector128<byte> magnitudes, uint signs)
    {
        Vector128<byte> mask = SpreadBits(signs);
        return ((magnitudes ^ mask) - mask).AsSByte();
    }

    /// <summary>The levels that sixteen nibbles select from a table of sixteen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<sbyte> Select(Vector128<sbyte> levels, Vector128<byte> nibbles) =>
        Vector128.ShuffleNative(levels, nibbles.AsSByte());
}
