using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>From the integer lanes of one super-block to the float lanes of a row.</summary>
internal static class SuperBlockSum
{
    /// <summary>factor · (float)integers + lanes: two roundings each, and none of the integers'.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Add(Vector256<float> lanes, float factor, Vector256<int> integers) =>
        Vector256.Create(factor) * Vector256.ConvertToSingle(integers) + lanes;

    /// <summary>Eight products of pairs, in order, added to as many neighbours as a lane has; unused lanes mean nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<int> Join(Vector256<int> pairs, int lanes) => lanes switch
    {
        8 => pairs,
        4 => PairProducts.Neighbours(pairs.GetLower(), pairs.GetUpper()).ToVector256(),
        _ => SumOf(pairs).ToVector256(),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> SumOf(Vector256<int> integers)
    {
        Vector128<int> all = integers.GetLower() + integers.GetUpper();
        all += Vector128.Shuffle(all, Vector128.Create(2, 3, 2, 3));
        return all + Vector128.Shuffle(all, Vector128.Create(1, 1, 1, 1));
    }
}
