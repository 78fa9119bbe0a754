using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class IQ3_S
{
    /// <summary>The vector twins of <see cref="DequantizeScalar"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Dequantize<TLanes>(byte* source, float* destination, long blockCount)
        where TLanes : ILanes
    {
        var book = (uint*)Codebooks.IQ3_S;
        var block = (BlockIQ3_S*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D);
            for (int i = 0; i < 16; i++)
            {
                float step = d * (1 + 2 * ((block->Scales[i >> 2] >> (4 * ((i >> 1) & 1))) & 15));
                byte* at = block->Qs + 4 * i;
                int upper = block->Qh[i >> 1] >> (4 * (i & 1));
                Vector128<byte> magnitudes = Vector128.Create(
                    book[at[0] | (upper & 1) << 8], book[at[1] | (upper & 2) << 7],
                    book[at[2] | (upper & 4) << 6], book[at[3] | (upper & 8) << 5]).AsByte();
                TLanes.Scale16(Codes.WithSigns(magnitudes, ((ushort*)block->Signs)[i]), step, destination + 16 * i);
            }
        }
    }
}
