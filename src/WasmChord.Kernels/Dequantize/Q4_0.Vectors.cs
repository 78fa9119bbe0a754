using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class Q4_0
{
    /// <summary>The vector twins of <see cref="DequantizeScalar"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Dequantize<TLanes>(byte* source, float* destination, long blockCount)
        where TLanes : ILanes
    {
        var block = (BlockQ4_0*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 32)
        {
            float d = Float16.ToSingle(block->D);
            Vector128<byte> packed = Vector128.Load(block->Qs);
            TLanes.Scale16(Codes.LowNibbles(packed).AsSByte() - Vector128.Create((sbyte)8), d, destination);
            TLanes.Scale16(Codes.HighNibbles(packed).AsSByte() - Vector128.Create((sbyte)8), d, destination + 16);
        }
    }
}
