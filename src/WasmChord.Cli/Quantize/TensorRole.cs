namespace WasmChord.Cli;

/// <summary>What a tensor does, as far as the choice of its type depends on it; told by its name.</summary>
internal enum TensorRole
{
    /// <summary>Any other.</summary>
    Other,

    /// <summary>The token embeddings.</summary>
    Embedding,

    /// <summary>The output matrix.</summary>
    Output,

    /// <summary>Values, or queries, keys and values in one: what suffers most from few bits.</summary>
    AttentionValue,

    /// <summary>Keys.</summary>
    AttentionKey,

    /// <summary>The attention's output.</summary>
    AttentionOutput,

    /// <summary>The last matrix of the feed-forward network.</summary>
    FeedForwardDown,
}
