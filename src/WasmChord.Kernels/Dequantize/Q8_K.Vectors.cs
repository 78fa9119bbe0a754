using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class Q8_K
{
    /// <summary>The vector twins of <see cref="DequantizeScalar"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Dequantize<TLanes>(byte* source, float* destination, long blockCount)
        where TLanes : ILanes
    {
        var block = (BlockQ8_K*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            for (int i = 0; i < 256; i += 16) TLanes.Scale16(Vector128.Load(block->Qs + i), block->D, destination + i);
        }
    }
}
