namespace WasmChord.Bench.Models;

/// <summary>What a tensor does in the model: decides its type in a mix, and how its values are spread.</summary>
public enum TensorRole
{
    /// <summary>Weights of an RMS norm: float, around one.</summary>
    Norm,

    /// <summary>Token embeddings.</summary>
    Embedding,

    /// <summary>The output matrix.</summary>
    Output,

    /// <summary>Query projection.</summary>
    AttentionQuery,

    /// <summary>Key projection.</summary>
    AttentionKey,

    /// <summary>Value projection.</summary>
    AttentionValue,

    /// <summary>Projection of the attention's result.</summary>
    AttentionOutput,

    /// <summary>Feed-forward gate, of one expert after another where there are experts.</summary>
    FeedForwardGate,

    /// <summary>Feed-forward up.</summary>
    FeedForwardUp,

    /// <summary>Feed-forward down.</summary>
    FeedForwardDown,

    /// <summary>The matrix that scores experts: float in every mix.</summary>
    ExpertRouter,
}
