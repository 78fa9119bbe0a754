using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class Q1_0
{
    /// <summary>The vector twins of <see cref="DequantizeScalar"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Dequantize<TLanes>(byte* source, float* destination, long blockCount)
        where TLanes : ILanes
    {
        var block = (BlockQ1_0*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 128)
        {
            float d = Float16.ToSingle(block->D);
            for (int i = 0; i < 8; i++)
            {
                // Two where the bit is set, less one, is the sign of the value.
                Vector128<byte> set = Codes.SpreadBits(((ushort*)block->Qs)[i]);
                Vector128<sbyte> signs = (set & Vector128.Create((byte)2)).AsSByte() - Vector128<sbyte>.One;
                TLanes.Scale16(signs, d, destination + 16 * i);
            }
        }
    }
}
