namespace WasmChord.Kernels;

/// <summary>Gated activations of a feed-forward network (arXiv:2002.05202).</summary>
public static class GatedUnit
{
    /// <summary>
    /// y = gate / (1 + exp(−gate)) · up, with the exponential of <see cref="Softmax"/>: the same bits on every machine.
    /// A gate of −∞ gives NaN, as the limit's quotient does.
    /// </summary>
    /// <param name="gate">(n).</param>
    /// <param name="up">(n).</param>
    /// <param name="y">(n); may be either input, and must not overlap them otherwise.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static unsafe void SiluMultiply(ReadOnlySpan<float> gate, ReadOnlySpan<float> up, Span<float> y)
    {
        if (gate.Length != up.Length || gate.Length != y.Length)
            throw new ArgumentException($"{gate.Length} gates, {up.Length} values and room for {y.Length}", nameof(y));
        fixed (float* gates = gate, values = up, to = y) SiluKernel.Run(KernelPaths.Best, gates, values, to, y.Length);
    }
}
