namespace WasmChord.Kernels;

/// <summary>
/// Rotary position embeddings. The arithmetic is ggml's (<c>ggml_rope_cache_init</c>, <c>rope_yarn</c>), in float
/// throughout: the angle of a pair is that of the one before times a constant, rounded each time, so that angles of
/// thousands of radians differ from exact ones as the reference's do.
/// </summary>
public static class Rope
{
    /// <summary>Computes the cosines and sines of one position.</summary>
    /// <param name="scaling">How it turns.</param>
    /// <param name="factors">(dimensions / 2) by which angles are divided; empty for none.</param>
    /// <param name="position">The position, from 0.</param>
    /// <param name="cosSin">(dimensions / 2, 2): cosine and sine of each pair, times the attention factor.</param>
    /// <exception cref="ArgumentException">The lengths do not match, or the scaling has no meaning.</exception>
    public static void Angles(RopeScaling scaling, ReadOnlySpan<float> factors, int position, Span<float> cosSin)
    {
        int pairs = scaling.Dimensions / 2;
        Check(scaling, position);
        if (cosSin.Length != 2 * pairs || (factors.Length != 0 && factors.Length != pairs))
            throw new ArgumentException($"{pairs} pairs, {factors.Length} factors and room for {cosSin.Length} values", nameof(cosSin));
        float magnitude = scaling.AttentionFactor, low = 0, high = 0;
        if (scaling.ExtrapolationMix != 0)
        {
            low = MathF.Max(0, MathF.Floor(CorrectionDimension(scaling, scaling.BetaFast)));
            high = MathF.Min(scaling.Dimensions - 1, MathF.Ceiling(CorrectionDimension(scaling, scaling.BetaSlow)));
            magnitude *= 1f + 0.1f * MathF.Log(1f / scaling.FrequencyScale);
        }

        float step = MathF.Pow(scaling.FrequencyBase, -2f / scaling.Dimensions), angle = position;
        for (int i = 0; i < pairs; i++, angle *= step)
        {
            float unscaled = factors.Length == 0 ? angle : angle / factors[i];
            float theta = scaling.FrequencyScale * unscaled;
            if (scaling.ExtrapolationMix != 0)
            {
                float ramp = 1f - MathF.Min(1, MathF.Max(0, (i - low) / MathF.Max(0.001f, high - low)));
                float mix = ramp * scaling.ExtrapolationMix;
                theta = theta * (1 - mix) + unscaled * mix;
            }

            cosSin[2 * i] = MathF.Cos(theta) * magnitude;
            cosSin[2 * i + 1] = MathF.Sin(theta) * magnitude;
        }
    }

    /// <summary>
    /// Turns the heads of one position, in place: (a, b) becomes (a · cos − b · sin, a · sin + b · cos), every operation
    /// rounded by itself. The bits are the same on every machine.
    /// </summary>
    /// <param name="heads">(headCount, headDim).</param>
    /// <param name="headDim">Values of a head.</param>
    /// <param name="cosSin">(pairs, 2), from <see cref="Angles"/>; the first 2 · pairs values of each head turn.</param>
    /// <param name="pairing">Which values make a pair.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    public static unsafe void Rotate(Span<float> heads, int headDim, ReadOnlySpan<float> cosSin, RopePairing pairing)
    {
        int pairs = cosSin.Length / 2;
        if (headDim <= 0 || heads.Length % headDim != 0 || cosSin.Length % 2 != 0 || 2 * pairs > headDim)
            throw new ArgumentException($"{heads.Length} values are not heads of {headDim} with {cosSin.Length} that turn", nameof(heads));
        fixed (float* start = heads, angles = cosSin)
            RopeKernel.Run(KernelPaths.Best, pairing, start, heads.Length / headDim, headDim, angles, pairs);
    }

    private static void Check(RopeScaling scaling, int position)
    {
        if (scaling.Dimensions < 0 || scaling.Dimensions % 2 != 0)
            throw new ArgumentException($"{scaling.Dimensions} values of a head cannot turn in pairs", nameof(scaling));
        if (position < 0) throw new ArgumentOutOfRangeException(nameof(position), position, "positions count from 0");
        if (!(scaling.FrequencyBase > 0) || !(scaling.FrequencyScale > 0))
            throw new ArgumentException($"a base of {scaling.FrequencyBase} scaled by {scaling.FrequencyScale}; both must be positive", nameof(scaling));
        if (scaling.ExtrapolationMix != 0 && scaling.OriginalContextLength <= 0)
            throw new ArgumentException($"YaRN from an original context of {scaling.OriginalContextLength} positions", nameof(scaling));
    }

    // The dimension that turns a number of times over the original context (arXiv:2309.00071, section 3.2).
    private static float CorrectionDimension(RopeScaling scaling, float rotations) => scaling.Dimensions
        * MathF.Log(scaling.OriginalContextLength / (rotations * 2 * MathF.PI)) / (2 * MathF.Log(scaling.FrequencyBase));
}
