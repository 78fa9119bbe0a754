using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class TQ1_0
{
    /// <summary>The vector twins of <see cref="DequantizeScalar"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Dequantize<TLanes>(byte* source, float* destination, long blockCount)
        where TLanes : ILanes
    {
        var block = (BlockTQ1_0*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D);
            FiveDigits<TLanes>(Vector128.Load(block->Qs), d, destination, 32);
            FiveDigits<TLanes>(Vector128.Load(block->Qs + 16), d, destination + 16, 32);
            FiveDigits<TLanes>(Vector128.Load(block->Qs + 32), d, destination + 160, 16);

            Vector128<byte> first = Vector128.Create(*(uint*)block->Qh).AsByte();
            Vector128<byte> second = Triple(first), third = Triple(second);
            Vector128<uint> last = Vector128.Create(
                first.AsUInt32()[0], second.AsUInt32()[0], third.AsUInt32()[0], Triple(third).AsUInt32()[0]);
            TLanes.Scale16(SignedDigits(last.AsByte()), d, destination + 240);
        }
    }

    // Sixteen bytes of five digits each; equal digits of all bytes lie together, stride values after those before.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FiveDigits<TLanes>(Vector128<byte> fractions, float d, float* destination, int stride)
        where TLanes : ILanes
    {
        for (int digit = 0; digit < 5; digit++, fractions = Triple(fractions), destination += stride)
            TLanes.Scale16(SignedDigits(fractions), d, destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Triple(Vector128<byte> fractions) => fractions + fractions + fractions;

    // The integer part of 3 · f / 256 is the number of thirds that f reaches: 86 and 171. True compares as −1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> SignedDigits(Vector128<byte> fractions) =>
        Vector128<sbyte>.AllBitsSet
        - Vector128.GreaterThanOrEqual(fractions, Vector128.Create((byte)86)).AsSByte()
        - Vector128.GreaterThanOrEqual(fractions, Vector128.Create((byte)171)).AsSByte();
}
