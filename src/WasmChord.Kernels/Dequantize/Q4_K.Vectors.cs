using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class Q4_K
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
        var block = (BlockQ4_K*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            Vector128<sbyte> scalesAndMins = ScalesAndMins(block->Scales);
            TLanes.Scale16(scalesAndMins, Float16.ToSingle(block->D), steps);
            TLanes.Scale16(scalesAndMins, -Float16.ToSingle(block->DMin), offsets);
            for (int i = 0; i < 8; i += 2)
            {
                float* to = destination + 32 * i;
                float step = steps[i], offset = offsets[i + 8], nextStep = steps[i + 1], nextOffset = offsets[i + 9];
                byte* packed = block->Qs + 16 * i;
                TLanes.Nibbles16(packed, step, offset, nextStep, nextOffset, to, to + 32);
                TLanes.Nibbles16(packed + 16, step, offset, nextStep, nextOffset, to + 16, to + 48);
            }
        }
    }

    /// <summary>The eight scales, then the eight mins, as by <see cref="Scale"/> and <see cref="Min"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<sbyte> ScalesAndMins(byte* packed)
    {
        uint a = *(uint*)packed, b = *(uint*)(packed + 4), c = *(uint*)(packed + 8);
        return Vector128.Create(
            a & 0x3F3F_3F3F, (c & 0x0F0F_0F0F) | ((a >> 2) & 0x3030_3030),
            b & 0x3F3F_3F3F, ((c >> 4) & 0x0F0F_0F0F) | ((b >> 2) & 0x3030_3030)).AsSByte();
    }
}
