using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>
/// Eight groups of a super-block side by side, one group to a lane: value i of group g lies at <c>lanes[i × 8 + g]</c>.
/// The searches for scales sum in the order of the values; with a group to a lane each group's sums keep that order, so
/// the vector twins give the scalar's bits.
/// </summary>
internal static unsafe class GroupLanes
{
    /// <summary>Groups side by side: the lanes of a 256-bit vector of floats.</summary>
    public const int Count = 8;

    /// <summary>Lays the values of eight groups, which follow each other at <paramref name="x"/>, into lanes.</summary>
    public static void Spread(float* x, int groupSize, float* lanes)
    {
        for (int g = 0; g < Count; g++, x += groupSize)
            for (int i = 0; i < groupSize; i++) lanes[(i * Count) + g] = x[i];
    }

    /// <summary>The reverse for levels, which lie in lanes as floats: to one byte each, group after group.</summary>
    [SkipLocalsInit]
    public static void Collect(float* lanes, int groupSize, byte* levels)
    {
        int* whole = stackalloc int[Count];
        for (int i = 0; i < groupSize; i++)
        {
            Vector256.ConvertToInt32Native(Vector256.Load(lanes + (i * Count))).Store(whole);
            for (int g = 0; g < Count; g++) levels[(g * groupSize) + i] = (byte)whole[g];
        }
    }
}
