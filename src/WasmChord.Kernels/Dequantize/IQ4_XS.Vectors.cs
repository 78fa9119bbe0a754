using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class IQ4_XS
{
    /// <summary>The vector twins of <see cref="DequantizeScalar"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Dequantize<TLanes>(byte* source, float* destination, long blockCount)
        where TLanes : ILanes
    {
        Vector128<sbyte> levels = Vector128.Create(IQ4_NL.Levels);
        var block = (BlockIQ4_XS*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D);
            for (int i = 0; i < 8; i++)
            {
                float step = d * Scale(block, i);
                Vector128<byte> packed = Vector128.Load(block->Qs + 16 * i);
                TLanes.Scale16(Codes.Select(levels, Codes.LowNibbles(packed)), step, destination + 32 * i);
                TLanes.Scale16(Codes.Select(levels, Codes.HighNibbles(packed)), step, destination + 32 * i + 16);
            }
        }
    }
}
