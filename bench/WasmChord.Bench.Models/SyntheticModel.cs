using System.Globalization;
using WasmChord.Gguf;

namespace WasmChord.Bench.Models;

/// <summary>
/// Writes models of the <c>llama</c> architecture with random weights: files that open, stream and run like real ones
/// of their shape and types, and say nothing sensible. The same arguments give the same bytes on every machine.
/// </summary>
public static class SyntheticModel
{
    private const int PageBytes = 4096;

    private const float NormEpsilon = 1e-5f, RopeBase = 10000f;

    // Version 2 of the block formats, as llama-quantize states it.
    private const uint QuantizationVersion = 2;

    /// <summary>Writes the whole model, under a temporary name until it is complete.</summary>
    /// <param name="shape">Its dimensions.</param>
    /// <param name="types">Types of its tensors.</param>
    /// <param name="seed">Chooses the weights.</param>
    /// <param name="path">Where to; what is there is replaced.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <exception cref="ArgumentException">The shape fits no model.</exception>
    public static async Task WriteAsync(ModelShape shape, TypeMix types, ulong seed, string path, CancellationToken cancellationToken = default) =>
        await Writer(new ModelPlan(shape, types), seed).WriteAsync(path, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Writes the header, the norms, and the first page of every other tensor, the same as in the whole file; the rest
    /// are holes, which read as zeros and take no disk where the file system knows holes. For tests of addresses and
    /// sizes: a file of 40 GB takes a few megabytes, and reading its holes is faster than reading any disk.
    /// </summary>
    /// <inheritdoc cref="WriteAsync"/>
    public static async Task WriteSparseAsync(ModelShape shape, TypeMix types, ulong seed, string path, CancellationToken cancellationToken = default)
    {
        ModelPlan plan = new(shape, types);
        GgufWriter writer = Writer(plan, seed);
        SyntheticWeights weights = new(seed);
        await using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None);
        long offset = await writer.WriteHeaderAsync(file, cancellationToken).ConfigureAwait(false);
        file.SetLength(offset + writer.TensorDataBytes);
        foreach (PlannedTensor tensor in plan.Tensors)
        {
            file.Position = offset;
            int bytes = tensor.Role == TensorRole.Norm ? (int)tensor.ByteLength : PageBytes;
            await file.WriteAsync(weights.Start(tensor, bytes), cancellationToken).ConfigureAwait(false);
            long alignment = writer.Metadata.Alignment;
            offset += (tensor.ByteLength + alignment - 1) / alignment * alignment;
        }
    }

    /// <summary>A writer that holds the model's metadata and makes its weights while they are written.</summary>
    public static GgufWriter Writer(ModelPlan plan, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(plan);
        GgufWriter writer = new();
        AddGeneral(writer.Metadata, plan, seed);
        AddDimensions(writer.Metadata, plan.Shape);
        AddTokenizer(writer.Metadata, new SyntheticVocabulary(plan.Shape.VocabularySize));
        if (plan.Types.FileType is { } fileType) writer.Metadata.Add("general.file_type", (uint)fileType);
        writer.Metadata.Add("general.quantization_version", QuantizationVersion);
        SyntheticWeights weights = new(seed);
        foreach (PlannedTensor tensor in plan.Tensors)
            writer.AddTensor(tensor.Name, tensor.Type, tensor.Shape, (stream, token) => weights.WriteAsync(tensor, stream, token));
        return writer;
    }

    private static void AddGeneral(GgufMetadataBuilder metadata, ModelPlan plan, ulong seed)
    {
        metadata.Add("general.architecture", "llama");
        metadata.Add("general.type", "model");
        metadata.Add("general.name", $"Synthetic {plan.Shape.Name}");
        metadata.Add("general.description", string.Create(CultureInfo.InvariantCulture, $"random weights of seed {seed}; not trained"));
        metadata.Add("general.size_label", plan.ParameterCount >= 1_000_000_000
            ? string.Create(CultureInfo.InvariantCulture, $"{plan.ParameterCount / 1e9:0.#}B")
            : string.Create(CultureInfo.InvariantCulture, $"{plan.ParameterCount / 1e6:0.#}M"));
    }

    private static void AddDimensions(GgufMetadataBuilder metadata, ModelShape shape)
    {
        metadata.Add("llama.block_count", (uint)shape.LayerCount);
        metadata.Add("llama.context_length", (uint)shape.ContextLength);
        metadata.Add("llama.embedding_length", (uint)shape.HiddenSize);
        metadata.Add("llama.feed_forward_length", (uint)shape.FeedForwardLength);
        metadata.Add("llama.attention.head_count", (uint)shape.HeadCount);
        metadata.Add("llama.attention.head_count_kv", (uint)shape.KvHeadCount);
        metadata.Add("llama.attention.layer_norm_rms_epsilon", NormEpsilon);
        metadata.Add("llama.rope.freq_base", RopeBase);
        metadata.Add("llama.rope.dimension_count", (uint)shape.HeadSize);
        metadata.Add("llama.vocab_size", (uint)shape.VocabularySize);
        if (shape.ExpertCount == 0) return;
        metadata.Add("llama.expert_count", (uint)shape.ExpertCount);
        metadata.Add("llama.expert_used_count", (uint)shape.ExpertUsedCount);
    }

    private static void AddTokenizer(GgufMetadataBuilder metadata, SyntheticVocabulary vocabulary)
    {
        metadata.Add("tokenizer.ggml.model", "llama");
        metadata.Add("tokenizer.ggml.pre", "default");
        metadata.AddArray("tokenizer.ggml.tokens", vocabulary.Tokens);
        metadata.AddArray("tokenizer.ggml.scores", vocabulary.Scores);
        metadata.AddArray("tokenizer.ggml.token_type", vocabulary.Types);
        metadata.Add("tokenizer.ggml.bos_token_id", 1u);
        metadata.Add("tokenizer.ggml.eos_token_id", 2u);
        metadata.Add("tokenizer.ggml.unknown_token_id", 0u);
        metadata.Add("tokenizer.ggml.add_bos_token", true);
        metadata.Add("tokenizer.ggml.add_eos_token", false);
    }
}
