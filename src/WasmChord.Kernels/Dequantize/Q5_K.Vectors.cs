using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class Q5_K
{
    /// <summary>
    /// The vector twins of <see cref="DequantizeScalar"/>. Scales and mins are multiplied out first, sixteen at a
    /// time; each is the one product that the reference rounds.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    internal static void Dequantize<TLanes>(byte* source, float* destination, long blockCount)
        where TLanes : ILanes
    {
        float* steps = stackalloc float[16], offsets = stackalloc float[16];
        var block = (BlockQ5_K*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            Vector128<sbyte> scalesAndMins = Q4_K.ScalesAndMins(block->Scales);
            TLanes.Scale16(scalesAndMins, Float16.ToSingle(block->D), steps);
            TLanes.Scale16(scalesAndMins, -Float16.ToSingle(block->DMin), offsets);
            Vector128<ushort> first = Vector128.Load(block->Qh).AsUInt16();
            Vector128<ushort> second = Vector128.Load(block->Qh + 16).AsUInt16();

            // Each call finds the fifth bits of its low nibbles in bit 4 of the bytes, those of the high ones in bit 5.
            Group<TLanes>(block->Qs, first << 4, second << 4, steps, offsets + 8, destination);
            Group<TLanes>(block->Qs + 32, first << 2, second << 2, steps + 2, offsets + 10, destination + 64);
            Group<TLanes>(block->Qs + 64, first, second, steps + 4, offsets + 12, destination + 128);
            Group<TLanes>(block->Qs + 96, first >>> 2, second >>> 2, steps + 6, offsets + 14, destination + 192);
        }
    }

    // Two blocks of 32 from 32 bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Group<TLanes>(
        byte* packed, Vector128<ushort> firstFifths, Vector128<ushort> secondFifths,
        float* steps, float* offsets, float* to)
        where TLanes : ILanes
    {
        Vector128<byte> first = Vector128.Load(packed), second = Vector128.Load(packed + 16);
        TLanes.Affine16(Join(Codes.LowNibbles(first), firstFifths), steps[0], offsets[0], to);
        TLanes.Affine16(Join(Codes.LowNibbles(second), secondFifths), steps[0], offsets[0], to + 16);
        TLanes.Affine16(Join(Codes.HighNibbles(first), firstFifths >>> 1), steps[1], offsets[1], to + 32);
        TLanes.Affine16(Join(Codes.HighNibbles(second), secondFifths >>> 1), steps[1], offsets[1], to + 48);
    }

    // The fifth bit arrives in bit 4 of each byte, with others around it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> Join(Vector128<byte> nibbles, Vector128<ushort> fifths) =>
        (nibbles | (fifths.AsByte() & Vector128.Create((byte)16))).AsSByte();
}
