using System.Runtime.CompilerServices;

namespace WasmChord.Kernels;

internal static unsafe partial class F16
{
    /// <summary>The vector twins of <see cref="DequantizeScalar"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Dequantize<TLanes>(byte* source, float* destination, long count)
        where TLanes : ILanes
    {
        var values = (ushort*)source;
        for (; count >= 64; count -= 64, values += 64, destination += 64)
        {
            TLanes.FromHalf16(values, destination);
            TLanes.FromHalf16(values + 16, destination + 16);
            TLanes.FromHalf16(values + 32, destination + 32);
            TLanes.FromHalf16(values + 48, destination + 48);
        }

        for (; count >= 16; count -= 16, values += 16, destination += 16) TLanes.FromHalf16(values, destination);
        DequantizeScalar((byte*)values, destination, count);
    }
}
