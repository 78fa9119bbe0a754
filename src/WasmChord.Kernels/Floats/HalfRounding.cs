using System.Runtime.CompilerServices;

namespace WasmChord.Kernels;

/// <summary>Rounds many floats to halves: <see cref="Float16.BitsFromSingle"/> and its vector twins.</summary>
internal static unsafe class HalfRounding
{
    /// <summary>Rounds <paramref name="count"/> values. The machine must have the path.</summary>
    internal static void Run(KernelPath path, float* source, ushort* destination, long count)
    {
        switch (path)
        {
            case KernelPath.Avx512: RunVectors<Lanes512>(source, destination, count); break;
            case KernelPath.Avx2: RunVectors<Lanes256>(source, destination, count); break;
            case KernelPath.Vector128: RunVectors<Lanes128>(source, destination, count); break;
            default: RunScalar(source, destination, count); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunVectors<TLanes>(float* source, ushort* destination, long count)
        where TLanes : ILanes
    {
        for (; count >= 16; count -= 16, source += 16, destination += 16) TLanes.ToHalf16(source, destination);
        RunScalar(source, destination, count);
    }

    private static void RunScalar(float* source, ushort* destination, long count)
    {
        for (long i = 0; i < count; i++) destination[i] = Float16.BitsFromSingle(source[i]);
    }
}
