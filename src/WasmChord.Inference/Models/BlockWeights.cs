namespace WasmChord.Inference;

/// <summary>The weights of one block. Of fused and separate projections, one form is there.</summary>
public sealed record BlockWeights
{
    /// <summary>(hidden) of the norm before attention.</summary>
    public required float[] AttentionNorm { get; init; }

    /// <summary>(hidden) of the norm before the feed-forward network.</summary>
    public required float[] FeedForwardNorm { get; init; }

    /// <summary>
    /// What makes queries, keys and values, each with the column of the joint row at which its output begins: three
    /// matrices, or one that makes all.
    /// </summary>
    public required IReadOnlyList<(WeightMatrix Matrix, int Offset)> Projections { get; init; }

    /// <summary>(key head dim) of the norm of each query head; null for none.</summary>
    public float[]? QueryNorm { get; init; }

    /// <summary>(key head dim) of the norm of each key head; null for none.</summary>
    public float[]? KeyNorm { get; init; }

    /// <summary>(hidden, values of all heads).</summary>
    public required WeightMatrix AttentionOutput { get; init; }

    /// <summary>
    /// What makes gate and up, each with the column of the joint row at which its output begins: two matrices or one; with
    /// a slice for each expert where there is a <see cref="Router"/>.
    /// </summary>
    public required IReadOnlyList<(WeightMatrix Matrix, int Offset)> GateAndUp { get; init; }

    /// <summary>(hidden, feed-forward length), with a slice for each expert where there is a <see cref="Router"/>.</summary>
    public required WeightMatrix Down { get; init; }

    /// <summary>(experts, hidden), which scores experts; null in a dense block.</summary>
    public WeightMatrix? Router { get; init; }
}
