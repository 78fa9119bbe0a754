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
            FiveDigits<TLanes>(Biased(Vector128.Load(block->Qs)), d, destination, 32);
            FiveDigits<TLanes>(Biased(Vector128.Load(block->Qs + 16)), d, destination + 16, 32);
            FiveDigits<TLanes>(Biased(Vector128.Load(block->Qs + 32)), d, destination + 160, 16);

            Vector128<sbyte> first = Biased(Vector128.Create(*(uint*)block->Qh).AsByte());
            Vector128<sbyte> second = Triple(first), third = Triple(second), fourth = Triple(third);
            Vector128<int> last = Vector128.Create(
                first.AsInt32()[0], second.AsInt32()[0], third.AsInt32()[0], fourth.AsInt32()[0]);
            TLanes.Scale16(SignedDigits(last.AsSByte()), d, destination + 240);
        }
    }

    // Sixteen bytes of five digits each; equal digits of all bytes lie together, stride values after those before.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FiveDigits<TLanes>(Vector128<sbyte> fractions, float d, float* destination, int stride)
        where TLanes : ILanes
    {
        Vector128<sbyte> second = Triple(fractions), third = Triple(second), fourth = Triple(third);
        TLanes.Scale16(SignedDigits(fractions), d, destination);
        TLanes.Scale16(SignedDigits(second), d, destination + stride);
        TLanes.Scale16(SignedDigits(third), d, destination + 2 * stride);
        TLanes.Scale16(SignedDigits(fourth), d, destination + 3 * stride);
        TLanes.Scale16(SignedDigits(Triple(fourth)), d, destination + 4 * stride);
    }

    // Signed bytes compare in one instruction. Tripling keeps the bias: 3 · (f + 128) is 3 · f + 128 modulo 256.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<sbyte> Biased(Vector128<byte> fractions) =>
        (fractions ^ Vector128.Create((byte)128)).AsSByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<sbyte> Triple(Vector128<sbyte> fractions) => fractions + fractions + fractions;

    // Three times f reaches 256 from 86 on, and 512 from 171 on. True compares as −1: below both, the digit less one is
    // −1; above both, it is 1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<sbyte> SignedDigits(Vector128<sbyte> fractions) =>
        Vector128.LessThan(fractions, Vector128.Create((sbyte)(86 - 128)))
        - Vector128.GreaterThan(fractions, Vector128.Create((sbyte)(170 - 128)));
}
