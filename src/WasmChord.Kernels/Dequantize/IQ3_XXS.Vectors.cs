using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class IQ3_XXS
{
    /// <summary>The vector twins of <see cref="DequantizeScalar"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Dequantize<TLanes>(byte* source, float* destination, long blockCount)
        where TLanes : ILanes
    {
        var book = (uint*)Codebooks.IQ3_XXS;
        var block = (BlockIQ3_XXS*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D);
            var tails = (uint*)(block->Qs + 64);
            for (int i = 0; i < 16; i++)
            {
                uint tail = tails[i >> 1];
                float step = d * (0.5f + (tail >> 28)) * 0.5f;
                byte* at = block->Qs + 4 * i;
                Vector128<byte> magnitudes =
                    Vector128.Create(book[at[0]], book[at[1]], book[at[2]], book[at[3]]).AsByte();
                tail >>= 14 * (i & 1);
                uint signs = Codebooks.TwoSigns(tail & 127, (tail >> 7) & 127);
                TLanes.Scale16(Codes.WithSigns(magnitudes, signs), step, destination + 16 * i);
            }
        }
    }
}
