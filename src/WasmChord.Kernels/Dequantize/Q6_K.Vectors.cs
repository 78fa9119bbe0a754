using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class Q6_K
{
    /// <summary>
    /// The vector twins of <see cref="DequantizeScalar"/>. Scales are multiplied out first; each is the one product
    /// that the reference rounds.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    internal static void Dequantize<TLanes>(byte* source, float* destination, long blockCount)
        where TLanes : ILanes
    {
        float* steps = stackalloc float[16];
        var block = (BlockQ6_K*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            TLanes.Scale16(Vector128.Load(block->Scales), Float16.ToSingle(block->D), steps);
            for (int half = 0; half < 2; half++)
            for (int i = 0; i < 2; i++)
            {
                // Sixteen bytes of upper pairs serve the values 32 apart; their nibbles lie in two places.
                Vector128<byte> pairs = Vector128.Load(block->Qh + 32 * half + 16 * i);
                Vector128<byte> near = Vector128.Load(block->Ql + 64 * half + 16 * i);
                Vector128<byte> far = Vector128.Load(block->Ql + 64 * half + 16 * i + 32);
                float* to = destination + 128 * half + 16 * i, step = steps + 8 * half + i;
                TLanes.Scale16(Join(Codes.LowNibbles(near), (pairs.AsUInt16() << 4).AsByte()), step[0], to);
                TLanes.Scale16(Join(Codes.LowNibbles(far), (pairs.AsUInt16() << 2).AsByte()), step[2], to + 32);
                TLanes.Scale16(Join(Codes.HighNibbles(near), pairs), step[4], to + 64);
                TLanes.Scale16(Join(Codes.HighNibbles(far), (pairs.AsUInt16() >>> 2).AsByte()), step[6], to + 96);
            }
        }
    }

    // The upper pair arrives in bits 4 and 5, with others around it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<sbyte> Join(Vector128<byte> nibbles, Vector128<byte> shiftedPairs) =>
        (nibbles | (shiftedPairs & Vector128.Create((byte)0x30))).AsSByte() - Vector128.Create((sbyte)32);
}
