using System.Globalization;

namespace WasmChord.Inference;

/// <summary>
/// How a token is chosen from logits. The steps run in llama.cpp's order: bias, penalties, top-n-sigma, top-k, typical,
/// top-p, min-p, XTC, temperature. The defaults are those of its tools, but for the seed, which they take from the clock.
/// </summary>
public sealed record SamplerOptions
{
    /// <summary>The most likely token each time: no chance, no penalties.</summary>
    public static SamplerOptions Greedy { get; } = new() { Temperature = 0 };

    /// <summary>
    /// What logits are divided by; 0 or less takes the most likely token, after biases and penalties, and the other steps
    /// have no effect.
    /// </summary>
    public float Temperature { get; init; } = 0.8f;

    /// <summary>How far the temperature may go up and down with the entropy of the candidates; 0 for not at all.</summary>
    public float TemperatureRange { get; init; }

    /// <summary>How the entropy, as a part of the largest possible, becomes a place in that range: to which power.</summary>
    public float TemperatureExponent { get; init; } = 1;

    /// <summary>Tokens stay whose logits are at most so many standard deviations below the largest; 0 or less for all.</summary>
    public float TopNSigma { get; init; } = -1;

    /// <summary>How many of the most likely tokens stay; 0 for all.</summary>
    public int TopK { get; init; } = 40;

    /// <summary>
    /// Tokens whose information is nearest to the expected stay until their probabilities sum to more than this
    /// (arXiv:2202.00666); 1 for all.
    /// </summary>
    public float TypicalP { get; init; } = 1;

    /// <summary>The most likely tokens stay until their probabilities sum to this; 1 for all.</summary>
    public float TopP { get; init; } = 0.95f;

    /// <summary>Tokens at least this part as likely as the most likely stay; 0 for all.</summary>
    public float MinP { get; init; } = 0.05f;

    /// <summary>How often all but the least likely of the tokens that reach <see cref="XtcThreshold"/> are dropped.</summary>
    public float XtcProbability { get; init; }

    /// <summary>The probability from which on a token counts as a top choice; above 0.5 nothing is dropped.</summary>
    public float XtcThreshold { get; init; } = 0.1f;

    /// <summary>How many of the last tokens, those of the prompt among them, are penalized; 0 for none, −1 for all.</summary>
    public int PenaltyWindow { get; init; } = 64;

    /// <summary>What logits of tokens in the window are divided by, where positive, or multiplied by; 1 for no change.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>What is subtracted from logits of tokens in the window.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>What is subtracted for each time that a token occurs in the window.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>What is added to the logits of tokens; −∞ bans one.</summary>
    public IReadOnlyDictionary<TokenId, float> LogitBias { get; init; } = new Dictionary<TokenId, float>();

    /// <summary>Where chance comes from: the same seed gives the same tokens, whatever runs beside.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whether anything depends on the tokens before.</summary>
    internal bool HasPenalties => PenaltyWindow != 0 && (RepetitionPenalty != 1 || PresencePenalty != 0 || FrequencyPenalty != 0);

    /// <summary>Checks the numbers.</summary>
    /// <returns>The same options.</returns>
    /// <exception cref="InferenceException">One is out of range.</exception>
    public SamplerOptions Validated()
    {
        Require(!float.IsNaN(Temperature) && Temperature <= 1e6f, nameof(Temperature), Temperature, "at most 1,000,000");
        Require(TemperatureRange is >= 0 and <= 1e6f, nameof(TemperatureRange), TemperatureRange, "0 to 1,000,000");
        Require(TemperatureExponent is >= 0 and <= 1e6f, nameof(TemperatureExponent), TemperatureExponent, "0 to 1,000,000");
        Require(!float.IsNaN(TopNSigma) && TopNSigma <= 1e6f, nameof(TopNSigma), TopNSigma, "at most 1,000,000");
        Require(TopK >= 0, nameof(TopK), TopK, "0 or more");
        Require(TopP is >= 0 and <= 1, nameof(TopP), TopP, "0 to 1");
        Require(MinP is >= 0 and <= 1, nameof(MinP), MinP, "0 to 1");
        Require(TypicalP is >= 0 and <= 1, nameof(TypicalP), TypicalP, "0 to 1");
        Require(XtcProbability is >= 0 and <= 1, nameof(XtcProbability), XtcProbability, "0 to 1");
        Require(XtcThreshold is >= 0 and <= 1, nameof(XtcThreshold), XtcThreshold, "0 to 1");
        Require(PenaltyWindow >= -1, nameof(PenaltyWindow), PenaltyWindow, "-1 or more");
        Require(RepetitionPenalty > 0 && float.IsFinite(RepetitionPenalty), nameof(RepetitionPenalty), RepetitionPenalty, "above 0");
        Require(MathF.Abs(PresencePenalty) <= 1e6f, nameof(PresencePenalty), PresencePenalty, "-1,000,000 to 1,000,000");
        Require(MathF.Abs(FrequencyPenalty) <= 1e6f, nameof(FrequencyPenalty), FrequencyPenalty, "-1,000,000 to 1,000,000");
        foreach ((TokenId token, float bias) in LogitBias)
            Require(token.Value >= 0 && !float.IsNaN(bias) && !float.IsPositiveInfinity(bias), $"{nameof(LogitBias)} of token {token}", bias, "finite, or -infinity");
        return this;
    }

    private static void Require(bool holds, string name, double value, string range)
    {
        if (!holds) throw new InferenceException(InferenceError.InvalidOption, string.Create(CultureInfo.InvariantCulture, $"{name}: {value} is not {range}"));
    }
}
