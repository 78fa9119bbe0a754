using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class IQ2_S
{
    /// <summary>The vector twins of <see cref="DequantizeScalar"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Dequantize<TLanes>(byte* source, float* destination, long blockCount)
        where TLanes : ILanes
    {
        var book = (ulong*)Codebooks.IQ2_S;
        var block = (BlockIQ2_S*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D);
            var signs = (ushort*)(block->Qs + 32);
            for (int i = 0; i < 16; i++)
            {
                float step = d * (0.5f + ((block->Scales[i >> 1] >> (4 * (i & 1))) & 15)) * 0.25f;
                int upper = block->Qh[i >> 1] >> (4 * (i & 1));
                ulong first = book[block->Qs[2 * i] | (upper & 3) << 8];
                ulong second = book[block->Qs[2 * i + 1] | (upper & 12) << 6];
                Vector128<sbyte> codes = Codes.WithSigns(Vector128.Create(first, second).AsByte(), signs[i]);
                TLanes.Scale16(codes, step, destination + 16 * i);
            }
        }
    }
}
