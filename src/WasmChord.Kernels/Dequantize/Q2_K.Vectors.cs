using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class Q2_K
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
        var block = (BlockQ2_K*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            Vector128<byte> scales = Vector128.Load(block->Scales);
            TLanes.Scale16(Codes.LowNibbles(scales).AsSByte(), Float16.ToSingle(block->D), steps);
            TLanes.Scale16(Codes.HighNibbles(scales).AsSByte(), -Float16.ToSingle(block->DMin), offsets);
            for (int half = 0; half < 2; half++)
            {
                Vector128<byte> even = Vector128.Load(block->Qs + 32 * half);
                Vector128<byte> odd = Vector128.Load(block->Qs + 32 * half + 16);
                for (int pair = 0; pair < 4; pair++)
                {
                    int at = 8 * half + 2 * pair;
                    float* to = destination + 16 * at;
                    TLanes.Affine16(Codes.Pairs(even, pair).AsSByte(), steps[at], offsets[at], to);
                    TLanes.Affine16(Codes.Pairs(odd, pair).AsSByte(), steps[at + 1], offsets[at + 1], to + 16);
                }
            }
        }
    }
}
