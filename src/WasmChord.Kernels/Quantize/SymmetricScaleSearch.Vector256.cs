using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class SymmetricScaleSearch
{
    /// <summary>
    /// <see cref="OneGroup"/> for eight groups at once, one to a lane (<see cref="GroupLanes"/>): each lane does the
    /// scalar's operations in the scalar's order, and masks stand for its branches. Instead of the best levels, the
    /// factor that gives them is kept, and they are assigned once at the end.
    /// </summary>
    [SkipLocalsInit]
    private static void EightGroups(float* source, float* scales, byte* levels)
    {
        float* x = stackalloc float[GroupSize * GroupLanes.Count];
        GroupLanes.Spread(source, GroupSize, x);

        Vector256<float> zero = Vector256<float>.Zero, extreme = zero, magnitude = zero;
        for (int i = 0; i < GroupSize; i++)
        {
            Vector256<float> value = Vector256.Load(x + (i * GroupLanes.Count));
            Vector256<float> larger = Vector256.GreaterThan(Vector256.Abs(value), magnitude);
            magnitude = Vector256.ConditionalSelect(larger, Vector256.Abs(value), magnitude);
            extreme = Vector256.ConditionalSelect(larger, value, extreme);
        }

        Vector256<float> isZero = Vector256.LessThan(magnitude, Vector256.Create(SuperBlock.SmallestGroupMaximum));
        Vector256<float> bestInverse = Vector256.Create((float)-Offset) / extreme;
        (Vector256<float> sumXL, Vector256<float> sumL2) = SumLanes(x, bestInverse);
        Vector256<float> scale = Vector256.AndNot(sumXL / sumL2, Vector256.Equals(sumL2, zero));
        Vector256<float> best = scale * sumXL;
        for (int t = -LastTrial; t <= LastTrial; t++)
        {
            if (t == 0) continue;
            Vector256<float> inverse = Vector256.Create(-(Offset + (ShiftStep * t))) / extreme;
            (sumXL, sumL2) = SumLanes(x, inverse);
            Vector256<float> better =
                Vector256.GreaterThan(sumL2, zero) & Vector256.GreaterThan(sumXL * sumXL, best * sumL2);
            bestInverse = Vector256.ConditionalSelect(better, inverse, bestInverse);
            scale = Vector256.ConditionalSelect(better, sumXL / sumL2, scale);
            best = Vector256.ConditionalSelect(better, scale * sumXL, best);
        }

        for (int i = 0; i < GroupSize * GroupLanes.Count; i += GroupLanes.Count)
        {
            Vector256<float> level = LevelLanes(Vector256.Load(x + i), bestInverse) + Vector256.Create((float)Offset);
            Vector256.AndNot(level, isZero).Store(x + i);
        }

        GroupLanes.Collect(x, GroupSize, levels);
        Vector256.AndNot(scale, isZero).Store(scales);
    }

    private static (Vector256<float> XL, Vector256<float> L2) SumLanes(float* x, Vector256<float> inverse)
    {
        Vector256<float> sumXL = Vector256<float>.Zero, sumL2 = sumXL;
        for (int i = 0; i < GroupSize * GroupLanes.Count; i += GroupLanes.Count)
        {
            Vector256<float> value = Vector256.Load(x + i);
            Vector256<float> level = LevelLanes(value, inverse), weight = value * value;
            sumXL += weight * value * level;
            sumL2 += weight * level * level;
        }

        return (sumXL, sumL2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LevelLanes(Vector256<float> value, Vector256<float> inverse)
    {
        Vector256<int> level = NearestInteger.Of(inverse * value);
        level = Vector256.Min(Vector256.Max(level, Vector256.Create(-Offset)), Vector256.Create(Offset - 1));
        return Vector256.ConvertToSingle(level);
    }
}
