using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Inference;

/// <summary>The dimensions and constants of a model, from its metadata; every value is checked.</summary>
public sealed record ModelConfig
{
    /// <summary>The family.</summary>
    public required ModelArchitecture Architecture { get; init; }

    /// <summary>Blocks.</summary>
    public required int LayerCount { get; init; }

    /// <summary>Length of the residual stream of one position.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Query heads.</summary>
    public required int HeadCount { get; init; }

    /// <summary>Key and value heads; each serves HeadCount / KvHeadCount query heads.</summary>
    public required int KvHeadCount { get; init; }

    /// <summary>Values of a query or key head.</summary>
    public required int KeyHeadDim { get; init; }

    /// <summary>Values of a value head.</summary>
    public required int ValueHeadDim { get; init; }

    /// <summary>Length of the feed-forward network's inner row; of one expert's, where there are experts.</summary>
    public required int FeedForwardLength { get; init; }

    /// <summary>Tokens.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Positions that the model was trained for.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Added to the mean square in norms.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>How positions turn queries and keys.</summary>
    public required RopeScaling Rope { get; init; }

    /// <summary>What attention scores are multiplied by.</summary>
    public required float AttentionScale { get; init; }

    /// <summary>Positions that attention sees, the own included; 0 for all.</summary>
    public int SlidingWindow { get; init; }

    /// <summary>Experts of a block; 0 for a dense model.</summary>
    public int ExpertCount { get; init; }

    /// <summary>Experts that a position is routed to.</summary>
    public int ExpertUsedCount { get; init; }

    /// <summary>What routing weights are multiplied by.</summary>
    public float ExpertWeightScale { get; init; } = 1;

    /// <summary>
    /// Where queries are scaled by their position: by 1 + scale · ln(1 + ⌊position / floor⌋); scale 0 for not at all.
    /// </summary>
    public (float Scale, int Floor) QueryTemperature { get; init; }

    /// <summary>Values of all query heads of a position.</summary>
    public int QueryLength => HeadCount * KeyHeadDim;

    /// <summary>Values of all key heads of a position.</summary>
    public int KeyLength => KvHeadCount * KeyHeadDim;

    /// <summary>Values of all value heads of a position.</summary>
    public int ValueLength => KvHeadCount * ValueHeadDim;

    /// <summary>Reads the configuration of a model.</summary>
    /// <exception cref="InferenceException">The family is not supported, or a value is absent, out of range or contradicts another.</exception>
    public static ModelConfig Read(GgufModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new ConfigReader(model).Read();
    }
}
