using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class Q5_1
{
    /// <summary>The vector twins of <see cref="DequantizeScalar"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Dequantize<TLanes>(byte* source, float* destination, long blockCount)
        where TLanes : ILanes
    {
        Vector128<byte> sixteen = Vector128.Create((byte)16);
        var block = (BlockQ5_1*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 32)
        {
            float d = Float16.ToSingle(block->D), m = Float16.ToSingle(block->M);
            Vector128<byte> packed = Vector128.Load(block->Qs);
            var fifth = (ushort*)block->Qh;
            Vector128<byte> low = Codes.LowNibbles(packed) | (Codes.SpreadBits(fifth[0]) & sixteen);
            Vector128<byte> high = Codes.HighNibbles(packed) | (Codes.SpreadBits(fifth[1]) & sixteen);
            TLanes.Affine16(low.AsSByte(), d, m, destination);
            TLanes.Affine16(high.AsSByte(), d, m, destination + 16);
        }
    }
}
