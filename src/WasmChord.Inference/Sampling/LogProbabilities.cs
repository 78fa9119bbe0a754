namespace WasmChord.Inference;

/// <summary>
/// How likely a model holds tokens to be: the logarithm of the softmax of all logits, before any sampler's step. Ask
/// before <see cref="Sampler.Sample"/>, which changes the logits.
/// </summary>
public static class LogProbabilities
{
    /// <summary>The log-probability of a token.</summary>
    /// <param name="logits">(vocabulary).</param>
    /// <param name="token">The token.</param>
    /// <exception cref="InferenceException">A logit is NaN, all are −∞, or the token lies outside the vocabulary.</exception>
    public static float Of(ReadOnlySpan<float> logits, TokenId token)
    {
        if ((uint)token.Value >= (uint)logits.Length) throw new InferenceException(InferenceError.InvalidToken, $"token {token} of a vocabulary of {logits.Length}");
        return Relative(logits[token.Value], Normalizer(logits, out float max), max);
    }

    /// <summary>The most likely tokens, the most likely first; of equal ones, the lower token first.</summary>
    /// <param name="logits">(vocabulary).</param>
    /// <param name="top">Receives them.</param>
    /// <returns>How many: as many as there is room for, or the whole vocabulary.</returns>
    /// <exception cref="InferenceException">A logit is NaN, or all are −∞.</exception>
    public static int Top(ReadOnlySpan<float> logits, Span<TokenLogProbability> top)
    {
        double normalizer = Normalizer(logits, out float max);
        int count = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            if (count == top.Length && (count == 0 || logits[i] <= top[count - 1].LogProbability)) continue;
            int at = count < top.Length ? count++ : count - 1;
            for (; at > 0 && top[at - 1].LogProbability < logits[i]; at--) top[at] = top[at - 1];
            top[at] = new TokenLogProbability(new TokenId(i), logits[i]);
        }

        for (int i = 0; i < count; i++) top[i] = top[i] with { LogProbability = Relative(top[i].LogProbability, normalizer, max) };
        return count;
    }

    /// <summary>log Σ exp(logit − max).</summary>
    private static double Normalizer(ReadOnlySpan<float> logits, out float max)
    {
        Logits.RequireNumbers(logits);
        max = Candidates.MaxOf(logits);
        if (float.IsNegativeInfinity(max)) throw Logits.NothingLeft();
        double sum = 0;
        foreach (float logit in logits) sum += Candidates.Weight(logit, max, 1);
        return Math.Log(sum);
    }

    private static float Relative(float logit, double normalizer, float max) =>
        logit == max ? (float)-normalizer : float.IsPositiveInfinity(max) ? float.NegativeInfinity : (float)(logit - (double)max - normalizer);
}
