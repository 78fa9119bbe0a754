using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Inference;

/// <summary>Reads a <see cref="ModelConfig"/> from keys below the architecture's name.</summary>
internal sealed class ConfigReader(GgufModel model)
{
    // Bounds beyond any known model, below which every product of two fits an int or a long with room to spare.
    private const int MaxLayers = 4096, MaxLength = 1 << 22, MaxHeads = 4096, MaxHeadDim = 1024, MaxVocabulary = 1 << 24, MaxExperts = 4096;

    private readonly ModelArchitecture _architecture = ModelArchitecture.Named(model.Architecture);

    internal ModelConfig Read()
    {
        int hidden = Integer("embedding_length", 1, MaxLength);
        int heads = Integer("attention.head_count", 1, MaxHeads);
        int kvHeads = Integer("attention.head_count_kv", 1, MaxHeads, heads);
        if (heads % kvHeads != 0) throw Invalid("attention.head_count_kv", $"{kvHeads} does not divide the {heads} heads");
        int keyDim = HeadDim("attention.key_length", hidden, heads);
        int experts = Integer("expert_count", _architecture.RequiresExperts ? 1 : 0, MaxExperts, 0);
        int used = experts == 0 ? 0 : Integer("expert_used_count", 1, experts);
        int context = Integer("context_length", 1, int.MaxValue);
        RopeScaling rope = ReadRope(keyDim, context);
        return new ModelConfig
        {
            Architecture = _architecture,
            LayerCount = Integer("block_count", 1, MaxLayers),
            HiddenSize = hidden,
            HeadCount = heads,
            KvHeadCount = kvHeads,
            KeyHeadDim = keyDim,
            ValueHeadDim = HeadDim("attention.value_length", hidden, heads),
            FeedForwardLength = ReadFeedForwardLength(experts, used),
            VocabularySize = ReadVocabularySize(hidden),
            ContextLength = context,
            NormEpsilon = ReadEpsilon(),
            Rope = rope,
            AttentionScale = NonZero("attention.scale", 1f / MathF.Sqrt(keyDim)),
            SlidingWindow = _architecture.HasSlidingWindow ? Integer("attention.sliding_window", 0, int.MaxValue, 0) : 0,
            ExpertCount = experts,
            ExpertUsedCount = used,
            ExpertWeightScale = NonZero("expert_weights_scale", 1),
            QueryTemperature = _architecture.ScalesQueriesByPosition
                ? (Real("attention.temperature_scale", 0), rope.OriginalContextLength)
                : default,
        };
    }

    private int ReadFeedForwardLength(int experts, int used)
    {
        if (experts > 0 && Has("expert_feed_forward_length")) return Integer("expert_feed_forward_length", 1, MaxLength);
        int length = Integer("feed_forward_length", 1, MaxLength);
        return _architecture.RequiresExperts ? Math.Max(1, length / used) : length;
    }

    private float ReadEpsilon()
    {
        float epsilon = Real("attention.layer_norm_rms_epsilon", float.NaN);
        if (float.IsNaN(epsilon)) throw Missing("attention.layer_norm_rms_epsilon");
        return epsilon is >= 0 and < 1 ? epsilon : throw Invalid("attention.layer_norm_rms_epsilon", $"{epsilon} is not from 0 to below 1");
    }

    private int ReadVocabularySize(int hidden)
    {
        if (!model.TryGetTensor("token_embd.weight", out TensorInfo? embedding))
            throw new InferenceException(InferenceError.MissingTensor, "the model has no tensor token_embd.weight");
        if (embedding.Shape.Ne0 != hidden || embedding.Shape.Ne1 is < 1 or > MaxVocabulary || embedding.Shape.RowCount != embedding.Shape.Ne1)
            throw new InferenceException(InferenceError.InvalidTensor,
                $"token_embd.weight has the shape {embedding.Shape}; expected [{hidden}, vocabulary] with a vocabulary of 1 to {MaxVocabulary}");
        return (int)embedding.Shape.Ne1;
    }

    private RopeScaling ReadRope(int headDim, int context)
    {
        int dimensions = Integer("rope.dimension_count", 2, headDim, headDim);
        if (dimensions % 2 != 0) throw Invalid("rope.dimension_count", $"{dimensions} is odd");
        float frequencyBase = Real("rope.freq_base", 10_000);
        if (frequencyBase <= 1) throw Invalid("rope.freq_base", $"{frequencyBase} is not above 1");
        string kind = model.Metadata.TryGetString(Key("rope.scaling.type"), out string? stated) ? stated : "linear";
        if (kind is not ("none" or "linear" or "yarn" or "longrope"))
            throw Invalid("rope.scaling.type", $"'{kind}' is none of none, linear, yarn, longrope");
        float factor = kind == "none" ? 1 : NonZero("rope.scaling.factor", NonZero("rope.scale_linear", 1));
        if (factor < 0) throw Invalid("rope.scaling.factor", $"{factor} is negative");
        float frequencyScale = 1f / factor;
        return new RopeScaling(
            dimensions,
            frequencyBase,
            frequencyScale,
            kind == "yarn" ? Real("rope.scaling.yarn_ext_factor", 1) : 0,
            ReadAttentionFactor(kind, factor),
            Real("rope.scaling.yarn_beta_fast", 32),
            Real("rope.scaling.yarn_beta_slow", 1),
            Integer("rope.scaling.original_context_length", 1, int.MaxValue, context));
    }

    /// <summary>
    /// The file's own factor. RoPE itself multiplies YaRN's 1 + 0.1 · ln(s) for a stretch s (arXiv:2309.00071, section
    /// 3.4); with a <c>yarn_log_multiplier</c> m that is divided by 1 + 0.1 · m · ln(s), as the models do whose
    /// configuration states <c>mscale_all_dim</c> (transformers, <c>modeling_rope_utils.py</c>).
    /// </summary>
    private float ReadAttentionFactor(string kind, float factor)
    {
        float stated = Real("rope.scaling.attn_factor", 1);
        float multiplier = Real("rope.scaling.yarn_log_multiplier", 0);
        if (kind != "yarn" || factor <= 1 || multiplier == 0) return stated;
        return stated / (1 + 0.1f * multiplier * MathF.Log(factor));
    }

    private int HeadDim(string key, int hidden, int heads)
    {
        if (!Has(key) && hidden % heads != 0)
            throw Invalid("attention.head_count", $"{heads} heads do not divide an embedding of {hidden}, and {Key(key)} is not stated");
        return Integer(key, 1, MaxHeadDim, hidden / heads);
    }

    private bool Has(string key) => model.Metadata.ContainsKey(Key(key));

    private int Integer(string key, int least, int most, int? fallback = null)
    {
        if (!model.Metadata.TryGetInt64(Key(key), out long value))
        {
            if (Has(key)) throw Invalid(key, "it is not one whole number");
            value = fallback ?? throw Missing(key);
        }

        return value >= least && value <= most ? (int)value : throw Invalid(key, $"{value} is not between {least} and {most}");
    }

    private float Real(string key, float fallback)
    {
        if (!model.Metadata.TryGetDouble(Key(key), out double value))
            return Has(key) ? throw Invalid(key, "it is not a number") : fallback;
        return double.IsFinite(value) && Math.Abs(value) <= float.MaxValue ? (float)value : throw Invalid(key, $"{value} is not finite");
    }

    /// <summary>Some files state 0 for what they do not mean to change.</summary>
    private float NonZero(string key, float fallback) => Real(key, 0) is var stated && stated != 0 ? stated : fallback;

    private string Key(string key) => $"{_architecture.Name}.{key}";

    private InferenceException Missing(string key) => new(InferenceError.MissingMetadata, $"the metadata has no {Key(key)}");

    private InferenceException Invalid(string key, string text) => new(InferenceError.InvalidMetadata, $"{Key(key)}: {text}");
}
