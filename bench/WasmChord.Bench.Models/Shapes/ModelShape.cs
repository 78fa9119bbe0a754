namespace WasmChord.Bench.Models;

/// <summary>The dimensions of a model of the <c>llama</c> architecture, dense or with experts.</summary>
/// <param name="Name">What users call it; part of the file's <c>general.name</c>.</param>
/// <param name="HiddenSize">Length of the residual vector.</param>
/// <param name="LayerCount">Number of blocks.</param>
/// <param name="HeadCount">Query heads; they divide the hidden size.</param>
/// <param name="KvHeadCount">Key and value heads; they divide the query heads.</param>
/// <param name="FeedForwardLength">Length of the feed-forward vector, of each expert where there are experts.</param>
/// <param name="VocabularySize">Number of tokens, at least <see cref="SyntheticVocabulary.MinSize"/>.</param>
/// <param name="ContextLength">Positions that the file promises.</param>
/// <param name="ExpertCount">Experts per block; 0 for a dense model.</param>
/// <param name="ExpertUsedCount">Experts that one position visits.</param>
public sealed record ModelShape(
    string Name,
    int HiddenSize,
    int LayerCount,
    int HeadCount,
    int KvHeadCount,
    int FeedForwardLength,
    int VocabularySize,
    int ContextLength,
    int ExpertCount = 0,
    int ExpertUsedCount = 0)
{
    /// <summary>Length of one head.</summary>
    public int HeadSize => HiddenSize / HeadCount;

    /// <summary>Length of all key heads, or of all value heads, of one position.</summary>
    public int KvSize => HeadSize * KvHeadCount;

    /// <summary>Query heads that share a key head.</summary>
    public int HeadsPerKvHead => HeadCount / KvHeadCount;

    /// <summary>Throws where the numbers fit no model.</summary>
    /// <exception cref="ArgumentException">A number is not positive, does not divide another, or is below its minimum.</exception>
    public void Validate()
    {
        int[] positive = [HiddenSize, LayerCount, HeadCount, KvHeadCount, FeedForwardLength, ContextLength];
        if (positive.Any(n => n <= 0)) throw new ArgumentException($"a dimension of {this} is not positive");
        if (HiddenSize % HeadCount != 0 || HeadSize % 2 != 0)
            throw new ArgumentException($"{HeadCount} heads do not divide a hidden size of {HiddenSize} into even lengths");
        if (HeadCount % KvHeadCount != 0)
            throw new ArgumentException($"{KvHeadCount} KV heads do not divide {HeadCount} heads");
        if (VocabularySize < SyntheticVocabulary.MinSize)
            throw new ArgumentException($"a vocabulary has at least {SyntheticVocabulary.MinSize} tokens, not {VocabularySize}");
        if (ExpertCount < 0 || ExpertUsedCount < (ExpertCount > 0 ? 1 : 0) || ExpertUsedCount > ExpertCount)
            throw new ArgumentException($"{ExpertUsedCount} of {ExpertCount} experts");
    }
}
