using System.Runtime.Intrinsics;

namespace WasmChord.Bench.Kernels;

/// <summary>What storing floats costs by itself: the floor of anything that makes them.</summary>
internal static unsafe class PlainStore
{
    private const int Unrolled = 4;

    /// <summary>Stores ones with the widest vectors of the machine, in order.</summary>
    /// <param name="to">Aligned to 64 bytes.</param>
    /// <param name="count">A multiple of 64.</param>
    public static void Ones(float* to, long count)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<float> ones = Vector512<float>.One;
            for (long i = 0; i < count; i += Unrolled * Vector512<float>.Count)
            {
                ones.Store(to + i);
                ones.Store(to + i + Vector512<float>.Count);
                ones.Store(to + i + 2 * Vector512<float>.Count);
                ones.Store(to + i + 3 * Vector512<float>.Count);
            }
            return;
        }
        Vector256<float> half = Vector256<float>.One;
        for (long i = 0; i < count; i += Unrolled * Vector256<float>.Count)
        {
            half.Store(to + i);
            half.Store(to + i + Vector256<float>.Count);
            half.Store(to + i + 2 * Vector256<float>.Count);
            half.Store(to + i + 3 * Vector256<float>.Count);
        }
    }
}
