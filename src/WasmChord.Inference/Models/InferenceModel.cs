using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Inference;

/// <summary>
/// A model that can be run: its configuration, its tensors bound to their segments and checked, its small vectors in
/// memory. Immutable; any number of threads may use it.
/// </summary>
public sealed class InferenceModel
{
    internal InferenceModel(ModelConfig config, WeightMatrix embedding, IReadOnlyList<BlockWeights> blocks, float[] outputNorm, WeightMatrix output, float[] ropeFactors, long vectorBytes)
    {
        Config = config;
        Embedding = embedding;
        Blocks = blocks;
        OutputNorm = outputNorm;
        Output = output;
        RopeFactors = ropeFactors;
        VectorBytes = vectorBytes;
        VisitOrder = [.. Visited().Select(t => t.Segment.Id)];
    }

    /// <summary>Dimensions and constants.</summary>
    public ModelConfig Config { get; }

    /// <summary>(vocabulary, hidden): read by row.</summary>
    public WeightMatrix Embedding { get; }

    /// <summary>The blocks, in order.</summary>
    public IReadOnlyList<BlockWeights> Blocks { get; }

    /// <summary>(hidden) of the norm after the last block.</summary>
    public float[] OutputNorm { get; }

    /// <summary>(vocabulary, hidden): makes logits; the embedding where the model ties the two.</summary>
    public WeightMatrix Output { get; }

    /// <summary>(rope dimensions / 2) by which the angles of RoPE are divided; empty for none.</summary>
    public float[] RopeFactors { get; }

    /// <summary>Memory that the vectors take.</summary>
    public long VectorBytes { get; }

    /// <summary>The segments that every wave uses, in order; experts are not among them.</summary>
    public IReadOnlyList<SegmentId> VisitOrder { get; }

    /// <summary>Binds a model to its weights.</summary>
    /// <param name="model">The model, opened by its metadata.</param>
    /// <param name="source">Where its weights come from; only vectors are read.</param>
    /// <param name="contextLength">
    /// Positions of the longest sequence that will be run, for the families whose RoPE factors depend on it; 0 for the
    /// length the model was trained for.
    /// </param>
    /// <exception cref="InferenceException">The model cannot be run; the message says which key or tensor is at fault.</exception>
    /// <exception cref="WeightsUnavailableException">A vector could not be read.</exception>
    public static InferenceModel Open(GgufModel model, ILayerSource source, int contextLength = 0)
    {
        ArgumentNullException.ThrowIfNull(source);
        ModelConfig config = ModelConfig.Read(model);
        return new WeightBinder(model, source, config, contextLength == 0 ? config.ContextLength : contextLength).Bind();
    }

    private IEnumerable<WeightTile> Visited()
    {
        foreach (BlockWeights block in Blocks)
        {
            IEnumerable<WeightMatrix> matrices = block.Projections.Select(p => p.Matrix).Append(block.AttentionOutput);
            matrices = block.Router is not null
                ? matrices.Append(block.Router)
                : matrices.Concat(block.GateAndUp.Select(g => g.Matrix)).Append(block.Down);
            foreach (WeightMatrix matrix in matrices)
                foreach (WeightTile tile in matrix.Tiles().ToArray()) yield return tile;
        }

        foreach (WeightTile tile in Output.Tiles().ToArray()) yield return tile;
    }
}
