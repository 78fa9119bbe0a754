using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class TQ2_0
{
    /// <summary>The vector twins of <see cref="DequantizeScalar"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Dequantize<TLanes>(byte* source, float* destination, long blockCount)
        where TLanes : ILanes
    {
        var block = (BlockTQ2_0*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D);
            for (int half = 0; half < 2; half++)
            for (int i = 0; i < 2; i++)
            {
                Vector128<byte> packed = Vector128.Load(block->Qs + 32 * half + 16 * i);
                for (int pair = 0; pair < 4; pair++)
                    TLanes.Scale16(Codes.Pairs(packed, pair).AsSByte() - Vector128<sbyte>.One, d,
                        destination + 128 * half + 32 * pair + 16 * i);
            }
        }
    }
}
