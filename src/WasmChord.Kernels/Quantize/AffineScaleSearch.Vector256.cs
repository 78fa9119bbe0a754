using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal readonly unsafe partial struct AffineScaleSearch
{
    /// <summary>
    /// <see cref="OneGroup"/> for eight groups at once, one to a lane (<see cref="GroupLanes"/>). Every lane does the
    /// scalar's operations in the scalar's order; where the scalar branches, all lanes compute and a mask chooses.
    /// Levels are kept as floats, which hold them exactly.
    /// </summary>
    [SkipLocalsInit]
    private void EightGroups(float* source, float* scales, float* negatedMins, byte* levels)
    {
        float* x = stackalloc float[LargestGroup * GroupLanes.Count];
        float* weights = stackalloc float[LargestGroup * GroupLanes.Count];
        float* best = stackalloc float[LargestGroup * GroupLanes.Count];
        float* trial = stackalloc float[LargestGroup * GroupLanes.Count];
        GroupLanes.Spread(source, groupSize, x);
        WeighLanes(x, weights);

        Vector256<float> zero = Vector256<float>.Zero;
        Vector256<float> min = Vector256.Load(x), max = min, sumW = Vector256.Load(weights), sumX = sumW * min;
        for (int i = 1; i < groupSize; i++)
        {
            Vector256<float> value = Vector256.Load(x + (i * GroupLanes.Count));
            Vector256<float> weight = Vector256.Load(weights + (i * GroupLanes.Count));
            min = Vector256.ConditionalSelect(Vector256.LessThan(value, min), value, min);
            max = Vector256.ConditionalSelect(Vector256.GreaterThan(value, max), value, max);
            sumW += weight;
            sumX += weight * value;
        }

        min = Vector256.ConditionalSelect(Vector256.GreaterThan(min, zero), zero, min);
        Vector256<float> isFlat = Vector256.Equals(max, min);
        Vector256<float> inverse = Vector256.Create((float)largestLevel) / (max - min);
        Vector256<float> scale = Vector256<float>.One / inverse;
        AssignLanes(x, min, inverse, best);
        Vector256<float> bestError = ErrorLanes(x, weights, best, scale, min);
        for (int t = 0; t <= lastTrial; t++)
        {
            float steps = firstShift + (ShiftStep * t) + largestLevel;
            (Vector256<float> sumL, Vector256<float> sumL2, Vector256<float> sumXL) =
                AssignAndSumLanes(x, weights, min, Vector256.Create(steps) / (max - min), trial);
            Vector256<float> determinant = (sumW * sumL2) - (sumL * sumL);
            Vector256<float> trialScale = ((sumW * sumXL) - (sumX * sumL)) / determinant;
            Vector256<float> trialMin = ((sumL2 * sumX) - (sumL * sumXL)) / determinant;
            Vector256<float> above = Vector256.GreaterThan(trialMin, zero);
            trialMin = Vector256.ConditionalSelect(above, zero, trialMin);
            trialScale = Vector256.ConditionalSelect(above, sumXL / sumL2, trialScale);

            Vector256<float> error = ErrorLanes(x, weights, trial, trialScale, trialMin);
            Vector256<float> better = Vector256.LessThan(error, bestError) & Vector256.GreaterThan(determinant, zero);
            better = Vector256.AndNot(better, isFlat);
            if (better.AsInt32() == Vector256<int>.Zero) continue;
            bestError = Vector256.ConditionalSelect(better, error, bestError);
            scale = Vector256.ConditionalSelect(better, trialScale, scale);
            min = Vector256.ConditionalSelect(better, trialMin, min);
            for (int i = 0; i < groupSize * GroupLanes.Count; i += GroupLanes.Count)
            {
                Vector256<float> kept = Vector256.Load(best + i);
                Vector256.ConditionalSelect(better, Vector256.Load(trial + i), kept).Store(best + i);
            }
        }

        for (int i = 0; i < groupSize * GroupLanes.Count; i += GroupLanes.Count)
            Vector256.AndNot(Vector256.Load(best + i), isFlat).Store(best + i);
        GroupLanes.Collect(best, groupSize, levels);
        Vector256.AndNot(scale, isFlat).Store(scales);
        (-min).Store(negatedMins);
    }

    private void WeighLanes(float* x, float* weights)
    {
        Vector256<float> rootMeanSquare = Vector256<float>.Zero;
        if (!absolute)
        {
            Vector256<float> sum = Vector256<float>.Zero;
            for (int i = 0; i < groupSize; i++)
            {
                Vector256<float> value = Vector256.Load(x + (i * GroupLanes.Count));
                sum += value * value;
            }

            rootMeanSquare = Vector256.Sqrt(sum / Vector256.Create((float)groupSize));
        }

        for (int i = 0; i < groupSize * GroupLanes.Count; i += GroupLanes.Count)
            (rootMeanSquare + Vector256.Abs(Vector256.Load(x + i))).Store(weights + i);
    }

    private void AssignLanes(float* x, Vector256<float> min, Vector256<float> inverse, float* levels)
    {
        Vector256<int> top = Vector256.Create(largestLevel);
        for (int i = 0; i < groupSize * GroupLanes.Count; i += GroupLanes.Count)
            Level(inverse * (Vector256.Load(x + i) - min), top).Store(levels + i);
    }

    /// <summary>
    /// Assigns levels and sums, in the order of the values, weight × level, × level², × level × value.
    /// </summary>
    private (Vector256<float> L, Vector256<float> L2, Vector256<float> XL) AssignAndSumLanes(
        float* x, float* weights, Vector256<float> min, Vector256<float> inverse, float* levels)
    {
        Vector256<int> top = Vector256.Create(largestLevel);
        Vector256<float> sumL = Vector256<float>.Zero, sumL2 = sumL, sumXL = sumL;
        for (int i = 0; i < groupSize * GroupLanes.Count; i += GroupLanes.Count)
        {
            Vector256<float> value = Vector256.Load(x + i);
            Vector256<float> level = Level(inverse * (value - min), top);
            level.Store(levels + i);
            Vector256<float> weighted = Vector256.Load(weights + i) * level;
            sumL += weighted;
            sumL2 += weighted * level;
            sumXL += weighted * value;
        }

        return (sumL, sumL2, sumXL);
    }

    private Vector256<float> ErrorLanes(
        float* x, float* weights, float* levels, Vector256<float> scale, Vector256<float> min)
    {
        Vector256<float> error = Vector256<float>.Zero;
        for (int i = 0; i < groupSize * GroupLanes.Count; i += GroupLanes.Count)
        {
            Vector256<float> difference = (scale * Vector256.Load(levels + i)) + min - Vector256.Load(x + i);
            difference = absolute ? Vector256.Abs(difference) : difference * difference;
            error += Vector256.Load(weights + i) * difference;
        }

        return error;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Level(Vector256<float> quotient, Vector256<int> top) => Vector256.ConvertToSingle(
        Vector256.Min(Vector256.Max(NearestInteger.Of(quotient), Vector256<int>.Zero), top));
}
