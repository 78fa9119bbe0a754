using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>Sixteen packed bytes as thirty-two codes: low nibbles in the lower half, high ones in the upper.</summary>
internal static unsafe class NibbleLanes
{
    /// <summary>The nibbles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<byte> Of(byte* packed)
    {
        Vector256<uint> twice = Avx2.BroadcastVector128ToVector256(packed).AsUInt32();
        Vector256<uint> counts = Vector256.Create(0u, 0, 0, 0, 4, 4, 4, 4);
        return Avx2.ShiftRightLogicalVariable(twice, counts).AsByte() & Vector256.Create((byte)15);
    }

    /// <summary>The nibbles, with bit i of <paramref name="fifths"/> as bit 4 of code i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<byte> WithFifths(byte* packed, uint fifths)
    {
        // Byte i of the copies is the byte of the word that holds bit i; there the bit is tested in place.
        Vector256<byte> owners = Vector256.Create(
            0x0000_0000_0000_0000ul, 0x0101_0101_0101_0101, 0x0202_0202_0202_0202, 0x0303_0303_0303_0303).AsByte();
        Vector256<byte> mask = Vector256.Create(0x8040_2010_0804_0201ul).AsByte();
        Vector256<byte> copies = Avx2.Shuffle(Vector256.Create(fifths).AsByte(), owners) & mask;
        return Of(packed) | (Vector256.Equals(copies, mask) & Vector256.Create((byte)16));
    }

    /// <summary>The levels that the nibbles select.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<byte> Select(Vector128<sbyte> levels, byte* packed) =>
        Avx2.Shuffle(Vector256.Create(levels, levels).AsByte(), Of(packed));
}
