using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class Q3_K
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
        var block = (BlockQ3_K*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            TLanes.Scale16(Scales(block->Scales), Float16.ToSingle(block->D), steps);
            Vector128<byte> evenThirds = Vector128.Load(block->HMask), oddThirds = Vector128.Load(block->HMask + 16);
            for (int half = 0; half < 2; half++)
            {
                Vector128<byte> even = Vector128.Load(block->Qs + 32 * half);
                Vector128<byte> odd = Vector128.Load(block->Qs + 32 * half + 16);
                for (int pair = 0; pair < 4; pair++)
                {
                    int at = 8 * half + 2 * pair, bit = 4 * half + pair;
                    float* to = destination + 16 * at;
                    TLanes.Scale16(Join(Codes.Pairs(even, pair), evenThirds, bit), steps[at], to);
                    TLanes.Scale16(Join(Codes.Pairs(odd, pair), oddThirds, bit), steps[at + 1], to + 16);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<sbyte> Join(Vector128<byte> pairs, Vector128<byte> thirds, int bit) =>
        (pairs | Codes.WhereBit(thirds, bit, 4)).AsSByte() - Vector128.Create((sbyte)4);

    // All sixteen signed scales: bytes 0–7 give the low nibbles in order, bytes 8–11 four upper pairs per pair of bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<sbyte> Scales(byte* packed)
    {
        ulong nibbles = *(ulong*)packed;
        uint pairs = *(uint*)(packed + 8);
        Vector128<byte> low = Codes.LowNibbles(Vector128.Create(nibbles, nibbles >> 4).AsByte());
        Vector128<uint> high = Vector128.Create(pairs << 4, pairs << 2, pairs, pairs >> 2);
        high &= Vector128.Create(0x3030_3030u);
        return (low | high.AsByte()).AsSByte() - Vector128.Create((sbyte)32);
    }
}
