using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class IQ1_M
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
        var block = (BlockIQ1_M*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            var words = (ushort*)block->Scales;
            float d = Scale(words);
            for (int i = 0; i < 16; i++)
            {
                float step = d * (2 * ((words[i >> 2] >> (3 * (i & 3))) & 7) + 1);
                int upper = block->Qh[i];
                ulong first = book[block->Qs[2 * i] | (upper & 0x07) << 8];
                ulong second = book[block->Qs[2 * i + 1] | (upper & 0x70) << 4];

                // Per eight values −1 where the nibble's top bit is set, +1 where it is not.
                ulong firstShift = (0ul - (ulong)((upper >> 3) & 1)) | 0x0101_0101_0101_0101;
                ulong secondShift = (0ul - (ulong)((upper >> 7) & 1)) | 0x0101_0101_0101_0101;
                Vector128<sbyte> shifts = Vector128.Create(firstShift, secondShift).AsSByte();
                Vector128<sbyte> eighths = Codebooks.Eighths(Vector128.Create(first, second).AsSByte(), shifts);
                TLanes.Scale16(eighths, step * 0.125f, destination + 16 * i);
            }
        }
    }
}
