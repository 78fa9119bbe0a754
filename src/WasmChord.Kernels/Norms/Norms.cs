namespace WasmChord.Kernels;

/// <summary>Normalizations of one row of activations.</summary>
public static class Norms
{
    /// <summary>y = x / sqrt(mean(x²) + epsilon) · weight (root mean square layer normalization, arXiv:1910.07467).</summary>
    /// <param name="x">(n).</param>
    /// <param name="weight">(n), or empty for none.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="y">(n); may be <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Rms(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, float epsilon, Span<float> y)
    {
        if (y.Length != x.Length || (weight.Length != 0 && weight.Length != x.Length))
            throw new ArgumentException($"{x.Length} values, {weight.Length} weights and room for {y.Length}", nameof(y));
        double sum = 0;
        foreach (float v in x) sum += (double)v * v;
        float scale = 1f / MathF.Sqrt((float)(sum / x.Length) + epsilon);
        for (int i = 0; i < x.Length; i++) y[i] = weight.Length == 0 ? x[i] * scale : x[i] * scale * weight[i];
    }
}
