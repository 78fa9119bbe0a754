using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class IQ2_XS
{
    /// <summary>The vector twins of <see cref="DequantizeScalar"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Dequantize<TLanes>(byte* source, float* destination, long blockCount)
        where TLanes : ILanes
    {
        var book = (ulong*)Codebooks.IQ2_XS;
        var block = (BlockIQ2_XS*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D);
            for (int i = 0; i < 16; i++)
            {
                float step = d * (0.5f + ((block->Scales[i >> 1] >> (4 * (i & 1))) & 15)) * 0.25f;
                uint first = block->Qs[2 * i], second = block->Qs[2 * i + 1];
                Vector128<byte> magnitudes = Vector128.Create(book[first & 511], book[second & 511]).AsByte();
                uint signs = Codebooks.TwoSigns(first >> 9, second >> 9);
                TLanes.Scale16(Codes.WithSigns(magnitudes, signs), step, destination + 16 * i);
            }
        }
    }
}
