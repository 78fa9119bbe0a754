using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class MXFP4
{
    /// <summary>The vector twins of <see cref="DequantizeScalar"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Dequantize<TLanes>(byte* source, float* destination, long blockCount)
        where TLanes : ILanes
    {
        Vector128<sbyte> levels = Vector128.Create(MicroscalingFloats.DoubledE2M1);
        var block = (BlockMXFP4*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 32)
        {
            float d = MicroscalingFloats.HalfOfE8M0(block->E);
            Vector128<byte> packed = Vector128.Load(block->Qs);
            TLanes.Scale16(Codes.Select(levels, Codes.LowNibbles(packed)), d, destination);
            TLanes.Scale16(Codes.Select(levels, Codes.HighNibbles(packed)), d, destination + 16);
        }
    }
}
