using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class IQ2_XXS
{
    /// <summary>The vector twins of <see cref="DequantizeScalar"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Dequantize<TLanes>(byte* source, float* destination, long blockCount)
        where TLanes : ILanes
    {
        var book = (ulong*)Codebooks.IQ2_XXS;
        var block = (BlockIQ2_XXS*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D);
            for (int group = 0; group < 8; group++)
            {
                byte* indices = (byte*)(block->Qs + 4 * group);
                uint tail = *(uint*)(indices + 4);
                float step = d * (0.5f + (tail >> 28)) * 0.25f;
                float* to = destination + 32 * group;
                TLanes.Scale16(Codes.WithSigns(Vector128.Create(book[indices[0]], book[indices[1]]).AsByte(),
                    Codebooks.TwoSigns(tail & 127, (tail >> 7) & 127)), step, to);
                TLanes.Scale16(Codes.WithSigns(Vector128.Create(book[indices[2]], book[indices[3]]).AsByte(),
                    Codebooks.TwoSigns((tail >> 14) & 127, (tail >> 21) & 127)), step, to + 16);
            }
        }
    }
}
