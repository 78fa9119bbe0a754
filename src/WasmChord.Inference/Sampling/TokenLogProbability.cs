namespace WasmChord.Inference;

/// <summary>A token, and how likely it is.</summary>
/// <param name="Token">The token.</param>
/// <param name="LogProbability">The natural logarithm of its probability; −∞ for impossible.</param>
public readonly record struct TokenLogProbability(TokenId Token, float LogProbability);
