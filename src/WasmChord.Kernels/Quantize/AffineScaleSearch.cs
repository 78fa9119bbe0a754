using System.Runtime.CompilerServices;

namespace WasmChord.Kernels;

/// <summary>
/// Finds scale and minimum for groups of a super-block in the formats with unsigned codes: value ≈ scale × level − min,
/// levels 0 to the largest. Each of a series of trial scales assigns levels; for those levels a weighted linear fit
/// gives the best scale and minimum; the trial with the smallest weighted error wins, and its minimum is the one that
/// later trials start from. Source: <c>make_qkx2_quants</c> in ggml's <c>ggml-quants.c</c>, whose order of operations
/// is kept because it decides ties and last bits.
/// </summary>
/// <param name="groupSize">Values per group: 16 or 32.</param>
/// <param name="largestLevel">Largest level.</param>
/// <param name="firstShift">The first trial divides the range into largestLevel + firstShift steps, each further trial
/// into 0.1 more.</param>
/// <param name="lastTrial">Index of the last trial.</param>
/// <param name="absolute">True for 2 bits: weights |x| and absolute errors. Otherwise the weights are |x| plus the
/// group's root mean square, and errors are squared.</param>
internal readonly unsafe partial struct AffineScaleSearch(
    int groupSize, int largestLevel, float firstShift, int lastTrial, bool absolute)
{
    private const int LargestGroup = 32;
    private const float ShiftStep = 0.1f;

    /// <summary>Searches all groups of one super-block.</summary>
    /// <param name="x">256 values.</param>
    /// <param name="scales">Receives one scale per group.</param>
    /// <param name="mins">Receives one minimum per group with its sign turned: 0 or positive.</param>
    /// <param name="levels">Receives 256 levels: those of the winning trials.</param>
    /// <param name="lanes">True for the vector twin.</param>
    public void Run(float* x, float* scales, float* mins, byte* levels, bool lanes)
    {
        int step = lanes ? GroupLanes.Count : 1;
        for (int group = 0; group < SuperBlock.Size / groupSize; group += step)
        {
            int at = group * groupSize;
            if (lanes) EightGroups(x + at, scales + group, mins + group, levels + at);
            else scales[group] = OneGroup(x + at, levels + at, out mins[group]);
        }
    }

    [SkipLocalsInit]
    private float OneGroup(float* x, byte* levels, out float negatedMin)
    {
        float* weights = stackalloc float[LargestGroup];
        byte* trial = stackalloc byte[LargestGroup];
        Weigh(x, weights);

        float min = x[0], max = x[0], sumW = weights[0], sumX = weights[0] * x[0];
        for (int i = 1; i < groupSize; i++)
        {
            if (x[i] < min) min = x[i];
            if (x[i] > max) max = x[i];
            sumW += weights[i];
            sumX += weights[i] * x[i];
        }

        if (min > 0) min = 0;
        if (max == min)
        {
            new Span<byte>(levels, groupSize).Clear();
            negatedMin = -min;
            return 0f;
        }

        float inverse = largestLevel / (max - min);
        float scale = 1f / inverse;
        AssignLevels(x, min, inverse, levels);
        float bestError = Error(x, weights, levels, scale, min);
        for (int t = 0; t <= lastTrial; t++)
        {
            AssignLevels(x, min, (firstShift + (ShiftStep * t) + largestLevel) / (max - min), trial);
            if (!TryFit(x, weights, trial, sumW, sumX, out float trialScale, out float trialMin)) continue;

            float error = Error(x, weights, trial, trialScale, trialMin);
            if (!(error < bestError)) continue;
            new ReadOnlySpan<byte>(trial, groupSize).CopyTo(new Span<byte>(levels, groupSize));
            (bestError, scale, min) = (error, trialScale, trialMin);
        }

        negatedMin = -min;
        return scale;
    }

    private void Weigh(float* x, float* weights)
    {
        float rootMeanSquare = 0f;
        if (!absolute)
        {
            float sum = 0f;
            for (int i = 0; i < groupSize; i++) sum += x[i] * x[i];
            rootMeanSquare = MathF.Sqrt(sum / groupSize);
        }

        for (int i = 0; i < groupSize; i++) weights[i] = rootMeanSquare + MathF.Abs(x[i]);
    }

    private void AssignLevels(float* x, float min, float inverse, byte* levels)
    {
        for (int i = 0; i < groupSize; i++)
            levels[i] = (byte)Math.Clamp(NearestInteger.Of(inverse * (x[i] - min)), 0, largestLevel);
    }

    private float Error(float* x, float* weights, byte* levels, float scale, float min)
    {
        float error = 0f;
        for (int i = 0; i < groupSize; i++)
        {
            float difference = (scale * levels[i]) + min - x[i];
            error += weights[i] * (absolute ? MathF.Abs(difference) : difference * difference);
        }

        return error;
    }

    /// <summary>
    /// Weighted least squares for x ≈ scale × level + min, with min at most 0. False where all levels are equal.
    /// </summary>
    private bool TryFit(
        float* x, float* weights, byte* levels, float sumW, float sumX, out float scale, out float min)
    {
        float sumL = 0f, sumL2 = 0f, sumXL = 0f;
        for (int i = 0; i < groupSize; i++)
        {
            float level = levels[i], weighted = weights[i] * level;
            sumL += weighted;
            sumL2 += weighted * level;
            sumXL += weighted * x[i];
        }

        float determinant = (sumW * sumL2) - (sumL * sumL);
        scale = ((sumW * sumXL) - (sumX * sumL)) / determinant;
        min = ((sumL2 * sumX) - (sumL * sumXL)) / determinant;
        if (min > 0)
        {
            min = 0;
            scale = sumXL / sumL2;
        }

        return determinant > 0;
    }
}
