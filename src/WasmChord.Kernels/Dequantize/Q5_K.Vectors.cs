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
            Vector128<byte> firstFifths = Vector128.Load(block->Qh), secondFifths = Vector128.Load(block->Qh + 16);
            for (int i = 0; i < 8; i += 2)
            {
                float* to = destination + 32 * i;
                Vector128<byte> first = Vector128.Load(block->Qs + 16 * i);
                Vector128<byte> second = Vector128.Load(block->Qs + 16 * i + 16);
                float step = steps[i], offset = offsets[i + 8];
                TLanes.Affine16(Join(Codes.LowNibbles(first), firstFifths, i), step, offset, to);
                TLanes.Affine16(Join(Codes.LowNibbles(second), secondFifths, i), step, offset, to + 16);
                step = steps[i + 1];
                offset = offsets[i + 9];
                TLanes.Affine16(Join(Codes.HighNibbles(first), firstFifths, i + 1), step, offset, to + 32);
                TLanes.Affine16(Join(Codes.HighNibbles(second), secondFifths, i + 1), step, offset, to + 48);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> Join(Vector128<byte> nibbles, Vector128<byte> fifths, int bit) =>
        (nibbles | Codes.WhereBit(fifths, bit, 16)).AsSByte();
}
