using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>
/// Halves to floats where all are finite, as keys and values are: half the work of the general conversion, with its bits.
/// The fields of a half, moved 13 bits up, are those of a float 2^112 times smaller, subnormal where the half is; one
/// product makes it exact. An infinity or NaN would become a number, so the largest magnitude is watched.
/// </summary>
internal static unsafe class FiniteHalves
{
    private const float Rebias = 5_192_296_858_534_827_628_530_496_329_220_096f; // 2^112
    private const int FieldBits = unchecked((int)0x8FFF_E000); // of a sign-extended half, moved up
    private const ushort Magnitude = 0x7FFF, Infinite = 0x7C00;

    /// <summary>Converts, or finds out that a value is not finite, or that the path has no quicker way.</summary>
    internal static bool TryExpand(KernelPath path, ushort* source, float* destination, int count)
    {
        int whole = count & ~15;
        bool isFinite = path switch
        {
            KernelPath.Avx512 => Expand512(source, destination, whole),
            KernelPath.Avx2 => Expand256(source, destination, whole),
            _ => false,
        };
        for (int i = whole; isFinite && i < count; i++) destination[i] = Float16.ToSingle(source[i]);
        return isFinite;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Expand512(ushort* source, float* destination, int count)
    {
        Vector256<ushort> largest = default, magnitude = Vector256.Create(Magnitude);
        Vector512<int> fields = Vector512.Create(FieldBits);
        Vector512<float> rebias = Vector512.Create(Rebias);
        for (int i = 0; i < count; i += 16)
        {
            Vector256<ushort> halves = Vector256.Load(source + i);
            largest = Vector256.Max(largest, halves & magnitude);
            Vector512<int> moved = Avx512F.ConvertToVector512Int32(halves.AsInt16()) << 13;
            ((moved & fields).AsSingle() * rebias).Store(destination + i);
        }

        return Vector256.LessThanAll(largest, Vector256.Create(Infinite));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Expand256(ushort* source, float* destination, int count)
    {
        Vector128<ushort> largest = default, magnitude = Vector128.Create(Magnitude);
        Vector256<int> fields = Vector256.Create(FieldBits);
        Vector256<float> rebias = Vector256.Create(Rebias);
        for (int i = 0; i < count; i += 8)
        {
            Vector128<ushort> halves = Vector128.Load(source + i);
            largest = Vector128.Max(largest, halves & magnitude);
            Vector256<int> moved = Avx2.ConvertToVector256Int32(halves.AsInt16()) << 13;
            ((moved & fields).AsSingle() * rebias).Store(destination + i);
        }

        return Vector128.LessThanAll(largest, Vector128.Create(Infinite));
    }
}
