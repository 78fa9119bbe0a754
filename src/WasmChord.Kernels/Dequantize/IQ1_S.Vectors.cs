using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class IQ1_S
{
    /// <summary>
    /// The vector twins of <see cref="DequantizeScalar"/>. A value is an odd number of eighths of a step; the step
    /// divided by eight is exact, so the product rounds as the reference does.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Dequantize<TLanes>(byte* source, float* destination, long blockCount)
        where TLanes : ILanes
    {
        var book = (ulong*)Codebooks.IQ1;
        var block = (BlockIQ1_S*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D);
            for (int i = 0; i < 16; i++)
            {
                int word = block->Qh[i >> 1], upper = word >> (6 * (i & 1));
                float step = d * (2 * ((word >> 12) & 7) + 1);
                ulong first = book[block->Qs[2 * i] | (upper & 7) << 8];
                ulong second = book[block->Qs[2 * i + 1] | (upper & 56) << 5];
                Vector128<sbyte> shifts = Vector128.Create((sbyte)(1 - 2 * (word >> 15)));
                Vector128<sbyte> eighths = Codebooks.Eighths(Vector128.Create(first, second).AsSByte(), shifts);
                TLanes.Scale16(eighths, step * 0.125f, destination + 16 * i);
            }
        }
    }
}
