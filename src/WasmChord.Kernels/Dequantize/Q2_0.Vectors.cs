using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class Q2_0
{
    /// <summary>The vector twins of <see cref="DequantizeScalar"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Dequantize<TLanes>(byte* source, float* destination, long blockCount)
        where TLanes : ILanes
    {
        Vector128<byte> copies = Vector128.Create((byte)0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
        Vector128<byte> upperTwo = Vector128.Create(0xFFFF_0000u).AsByte();
        Vector128<byte> everyOther = Vector128.Create((ushort)0xFF00).AsByte();
        var block = (BlockQ2_0*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 64)
        {
            float d = Float16.ToSingle(block->D);
            for (int i = 0; i < 4; i++)
            {
                // Four copies of each byte; the third and fourth give up a nibble, the second and fourth a pair.
                Vector128<byte> codes = Vector128.ShuffleNative(
                    Vector128.CreateScalarUnsafe(((uint*)block->Qs)[i]).AsByte(), copies);
                codes = Vector128.ConditionalSelect(upperTwo, (codes.AsUInt16() >>> 4).AsByte(), codes);
                codes = Vector128.ConditionalSelect(everyOther, (codes.AsUInt16() >>> 2).AsByte(), codes);
                codes &= Vector128.Create((byte)3);
                TLanes.Scale16(codes.AsSByte() - Vector128<sbyte>.One, d, destination + 16 * i);
            }
        }
    }
}
