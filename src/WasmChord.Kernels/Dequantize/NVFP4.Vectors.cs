using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class NVFP4
{
    /// <summary>The vector twins of <see cref="DequantizeScalar"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Dequantize<TLanes>(byte* source, float* destination, long blockCount)
        where TLanes : ILanes
    {
        Vector128<sbyte> levels = Vector128.Create(MicroscalingFloats.DoubledE2M1);
        var block = (BlockNVFP4*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 64)
        {
            for (int i = 0; i < 4; i++)
            {
                // Eight bytes hold sixteen values: low nibbles below, high nibbles above.
                ulong packed = *(ulong*)(block->Qs + 8 * i);
                Vector128<byte> codes = Codes.LowNibbles(Vector128.Create(packed, packed >> 4).AsByte());
                float d = MicroscalingFloats.HalfOfUE4M3(block->D[i]);
                TLanes.Scale16(Codes.Select(levels, codes), d, destination + 16 * i);
            }
        }
    }
}
