namespace WasmChord.Kernels;

/// <summary>The softmax of one row of scores.</summary>
public static class Softmax
{
    /// <summary>
    /// Replaces scores by exp(s − max) / Σ exp(s − max). A score of −∞ becomes 0; where all are −∞, so do all.
    /// </summary>
    /// <param name="scores">(n).</param>
    public static void InPlace(Span<float> scores)
    {
        float max = float.NegativeInfinity;
        foreach (float s in scores) max = MathF.Max(max, s);
        if (float.IsNegativeInfinity(max))
        {
            scores.Clear();
            return;
        }

        double sum = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = MathF.Exp(scores[i] - max);
            sum += scores[i];
        }

        float scale = (float)(1 / sum);
        for (int i = 0; i < scores.Length; i++) scores[i] *= scale;
    }
}
