namespace WasmChord.Kernels;

/// <summary>Gated activations of a feed-forward network (arXiv:2002.05202).</summary>
public static class GatedUnit
{
    /// <summary>y = gate / (1 + exp(−gate)) · up.</summary>
    /// <param name="gate">(n).</param>
    /// <param name="up">(n).</param>
    /// <param name="y">(n); may be either input.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void SiluMultiply(ReadOnlySpan<float> gate, ReadOnlySpan<float> up, Span<float> y)
    {
        if (gate.Length != up.Length || gate.Length != y.Length)
            throw new ArgumentException($"{gate.Length} gates, {up.Length} values and room for {y.Length}", nameof(y));
        for (int i = 0; i < y.Length; i++) y[i] = gate[i] / (1f + MathF.Exp(-gate[i])) * up[i];
    }
}
