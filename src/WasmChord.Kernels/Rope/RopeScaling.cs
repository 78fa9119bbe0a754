namespace WasmChord.Kernels;

/// <summary>
/// How rotary position embeddings turn (arXiv:2104.09864), stretched linearly or by YaRN (arXiv:2309.00071).
/// </summary>
/// <param name="Dimensions">Values of a head that turn: an even number.</param>
/// <param name="FrequencyBase">The base, 10,000 or more.</param>
/// <param name="FrequencyScale">What angles are multiplied by: 1, or 1/s for a context stretched s times.</param>
/// <param name="ExtrapolationMix">YaRN's mix of scaled and unscaled angles; 0 for none.</param>
/// <param name="AttentionFactor">What both components are multiplied by.</param>
/// <param name="BetaFast">YaRN: rotations over the original context above which a dimension is not scaled.</param>
/// <param name="BetaSlow">YaRN: rotations below which it is scaled in full.</param>
/// <param name="OriginalContextLength">YaRN: positions that the model was trained with.</param>
public sealed record RopeScaling(
    int Dimensions,
    float FrequencyBase,
    float FrequencyScale = 1,
    float ExtrapolationMix = 0,
    float AttentionFactor = 1,
    float BetaFast = 32,
    float BetaSlow = 1,
    int OriginalContextLength = 0);
