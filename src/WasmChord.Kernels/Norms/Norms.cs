namespace WasmChord.Kernels;

/// <summary>Normalizations of one row of activations.</summary>
public static class Norms
{
    /// <summary>
    /// y = x / sqrt(mean(x²) + epsilon) · weight (root mean square layer normalization, arXiv:1910.07467). Squares are
    /// rounded to float and summed in double, and both products rounded, as in ggml; the order of the sum is the same on
    /// every machine. Squares above float's range give zeros.
    /// </summary>
    /// <param name="x">(n); with no values nothing is done.</param>
    /// <param name="weight">(n), or empty for none.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="y">(n); may be <paramref name="x"/>, and must not overlap it otherwise.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static unsafe void Rms(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, float epsilon, Span<float> y)
    {
        if (y.Length != x.Length || (weight.Length != 0 && weight.Length != x.Length))
            throw new ArgumentException($"{x.Length} values, {weight.Length} weights and room for {y.Length}", nameof(y));
        if (x.IsEmpty) return;
        fixed (float* from = x, weights = weight, to = y) RmsKernel.Run(KernelPaths.Best, from, weights, epsilon, to, x.Length);
    }
}
