namespace WasmChord.Kernels;

/// <summary>The softmax of one row of scores.</summary>
public static class Softmax
{
    /// <summary>
    /// Replaces scores by exp(s − max) / Σ exp(s − max). A score of −∞ becomes 0; where all are −∞, so do all. A score
    /// that is NaN or +∞ makes all NaN. Exponentials are within 2 units in the last place; they are summed as in ggml
    /// built for AVX without fused multiply-add: by fours in float, then in double. The bits are the same on every machine.
    /// </summary>
    /// <param name="scores">(n); with none nothing is done.</param>
    public static void InPlace(Span<float> scores) => InPlace(scores, 1);

    /// <summary>The same of scores multiplied by <paramref name="scale"/> first, and rounded.</summary>
    /// <param name="scores">(n); with none nothing is done.</param>
    /// <param name="scale">What each is multiplied by.</param>
    public static unsafe void InPlace(Span<float> scores, float scale)
    {
        if (scores.IsEmpty) return;
        fixed (float* start = scores) SoftmaxKernel.Run(KernelPaths.Best, start, scores.Length, scale);
    }
}
