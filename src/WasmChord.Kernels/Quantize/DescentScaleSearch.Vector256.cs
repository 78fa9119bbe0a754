using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class DescentScaleSearch
{
    /// <summary>
    /// <see cref="OneGroup"/> for eight groups at once, one to a lane (<see cref="GroupLanes"/>): each lane does the
    /// scalar's operations in the scalar's order, and masks stand for its branches. A lane that has settled is swept
    /// again while others move; a sweep that changes nothing leaves everything as it was, so that is harmless.
    /// </summary>
    [SkipLocalsInit]
    private static void EightGroups(float* source, float* scales, byte* levels)
    {
        float* x = stackalloc float[GroupSize * GroupLanes.Count];
        float* signed = stackalloc float[GroupSize * GroupLanes.Count];
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
        Vector256<float> inverse = Vector256.Create((float)-Offset) / extreme, sumXL = zero, sumL2 = zero;
        for (int i = 0; i < GroupSize * GroupLanes.Count; i += GroupLanes.Count)
        {
            Vector256<float> value = Vector256.Load(x + i), weight = value * value;
            Vector256<float> level = LevelLanes(inverse * value);
            level.Store(signed + i);
            sumXL += weight * value * level;
            sumL2 += weight * level * level;
        }

        for (int sweep = 0; sweep < MostSweeps && SweepLanes(x, signed, ref sumXL, ref sumL2); sweep++)
        {
        }

        for (int i = 0; i < GroupSize * GroupLanes.Count; i += GroupLanes.Count)
            Vector256.AndNot(Vector256.Load(signed + i) + Vector256.Create((float)Offset), isZero).Store(signed + i);
        GroupLanes.Collect(signed, GroupSize, levels);
        Vector256<float> fitted = Vector256.GreaterThan(sumL2, zero) & (sumXL / sumL2);
        Vector256.AndNot(fitted, isZero).Store(scales);
    }

    private static bool SweepLanes(
        float* x, float* levels, ref Vector256<float> sumXLInOut, ref Vector256<float> sumL2InOut)
    {
        Vector256<float> zero = Vector256<float>.Zero, sumXL = sumXLInOut, sumL2 = sumL2InOut, changed = zero;
        for (int i = 0; i < GroupSize * GroupLanes.Count; i += GroupLanes.Count)
        {
            Vector256<float> value = Vector256.Load(x + i), old = Vector256.Load(levels + i), weight = value * value;
            Vector256<float> withoutXL = sumXL - (weight * value * old);
            Vector256<float> withoutL2 = sumL2 - (weight * old * old);
            Vector256<float> level = LevelLanes(value * withoutL2 / withoutXL);
            Vector256<float> moves = Vector256.GreaterThan(withoutXL, zero) & ~Vector256.Equals(level, old);
            if (moves.AsInt32() == Vector256<int>.Zero) continue;

            Vector256<float> newXL = withoutXL + (weight * value * level);
            Vector256<float> newL2 = withoutL2 + (weight * level * level);
            Vector256<float> better = moves
                & Vector256.GreaterThan(newL2, zero)
                & Vector256.GreaterThan(newXL * newXL * sumL2, sumXL * sumXL * newL2);
            Vector256.ConditionalSelect(better, level, old).Store(levels + i);
            sumXL = Vector256.ConditionalSelect(better, newXL, sumXL);
            sumL2 = Vector256.ConditionalSelect(better, newL2, sumL2);
            changed |= better;
        }

        (sumXLInOut, sumL2InOut) = (sumXL, sumL2);
        return changed.AsInt32() != Vector256<int>.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LevelLanes(Vector256<float> quotient)
    {
        Vector256<int> level = NearestInteger.Of(quotient);
        level = Vector256.Min(Vector256.Max(level, Vector256.Create(-Offset)), Vector256.Create(Offset - 1));
        return Vector256.ConvertToSingle(level);
    }
}
