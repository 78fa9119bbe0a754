using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class Q4_1
{
    /// <summary>The vector twins of <see cref="DequantizeScalar"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Dequantize<TLanes>(byte* source, float* destination, long blockCount)
        where TLanes : ILanes
    {
        var block = (BlockQ4_1*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 32)
        {
            float d = Float16.ToSingle(block->D), m = Float16.ToSingle(block->M);
            Vector128<byte> packed = Vector128.Load(block->Qs);
            TLanes.Affine16(Codes.LowNibbles(packed).AsSByte(), d, m, destination);
            TLanes.Affine16(Codes.HighNibbles(packed).AsSByte(), d, m, destination + 16);
        }
    }
}
