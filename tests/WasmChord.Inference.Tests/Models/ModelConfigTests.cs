using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Inference.Tests;

public sealed class ModelConfigTests
{
    private static readonly TinyModel s_llama = new("llama");

    [Fact]
    public void Read_OfTheLeastMetadata_UsesTheDefaults()
    {
        ModelConfig c = Read(s_llama with { Metadata = [("rope.freq_base", null), ("attention.head_count_kv", null)], KvHeads = 4 });
        Assert.Equal((2, 32, 4, 4, 8, 8), (c.LayerCount, c.HiddenSize, c.HeadCount, c.KvHeadCount, c.KeyHeadDim, c.ValueHeadDim));
        Assert.Equal((48, 40, 64), (c.FeedForwardLength, c.VocabularySize, c.ContextLength));
        Assert.Equal(new RopeScaling(8, 10_000, OriginalContextLength: 64), c.Rope);
        Assert.Equal(1 / MathF.Sqrt(8), c.AttentionScale);
        Assert.Equal((0, 0, 1f, 0, (0f, 0)), (c.ExpertCount, c.ExpertUsedCount, c.ExpertWeightScale, c.SlidingWindow, c.QueryTemperature));
    }

    [Fact]
    public void Read_WhereZeroMeansUnchanged_UsesTheDefaults()
    {
        ModelConfig c = Read(s_llama with { Metadata = [("attention.scale", 0f), ("expert_weights_scale", 0f), ("rope.scaling.factor", 0f)] });
        Assert.Equal((1 / MathF.Sqrt(8), 1f, 1f), (c.AttentionScale, c.ExpertWeightScale, c.Rope.FrequencyScale));
    }

    [Theory]
    [InlineData("gemma3")]
    [InlineData("")]
    [InlineData("Llama")]
    public void Read_OfAnotherFamily_IsRefusedByNameWithThoseSupported(string architecture)
    {
        InferenceException e = Assert.Throws<InferenceException>(() => Read(new TinyModel(architecture)));
        Assert.Equal(InferenceError.UnsupportedArchitecture, e.Error);
        Assert.Contains($"'{architecture}'", e.Message, StringComparison.Ordinal);
        foreach (string supported in new[] { "llama", "mistral3", "qwen2", "qwen3", "qwen3moe", "phi3" }) Assert.Contains(supported, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("block_count")]
    [InlineData("embedding_length")]
    [InlineData("attention.head_count")]
    [InlineData("attention.layer_norm_rms_epsilon")]
    [InlineData("feed_forward_length")]
    [InlineData("context_length")]
    public void Read_WithoutAKey_IsRefusedWithItsName(string key)
    {
        InferenceException e = Assert.Throws<InferenceException>(() => Read(s_llama with { Metadata = [(key, null)] }));
        Assert.Equal(InferenceError.MissingMetadata, e.Error);
        Assert.Contains("llama." + key, e.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, object> Absurd { get; } = new()
    {
        { "block_count", 0u },
        { "block_count", 1u << 31 },
        { "block_count", -1 },
        { "block_count", "two" },
        { "block_count", ulong.MaxValue },
        { "embedding_length", 0u },
        { "embedding_length", uint.MaxValue },
        { "attention.head_count", 0u },
        { "attention.head_count", 3u },
        { "attention.head_count", 1u << 31 },
        { "attention.head_count_kv", 0u },
        { "attention.head_count_kv", 3u },
        { "attention.head_count_kv", 8u },
        { "attention.head_count_kv", new[] { 2, 2 } },
        { "attention.key_length", 0u },
        { "attention.key_length", 1u << 20 },
        { "attention.value_length", -8 },
        { "attention.scale", float.NaN },
        { "attention.layer_norm_rms_epsilon", float.NaN },
        { "attention.layer_norm_rms_epsilon", -1e-5f },
        { "attention.layer_norm_rms_epsilon", 1f },
        { "feed_forward_length", 0u },
        { "feed_forward_length", 1u << 31 },
        { "context_length", 0u },
        { "context_length", 1u << 31 },
        { "rope.dimension_count", 7u },
        { "rope.dimension_count", 0u },
        { "rope.dimension_count", 16u },
        { "rope.freq_base", 0f },
        { "rope.freq_base", float.PositiveInfinity },
        { "rope.scaling.type", "spiral" },
        { "rope.scaling.factor", -2f },
        { "rope.scaling.factor", float.NaN },
        { "rope.scaling.original_context_length", 0u },
        { "expert_count", 1u << 31 },
        { "expert_count", -1 },
    };

    [Theory]
    [MemberData(nameof(Absurd))]
    public void Read_OfAnAbsurdValue_IsRefusedWithKeyAndValue(string key, object value)
    {
        InferenceException e = Assert.Throws<InferenceException>(() => Read(s_llama with { Metadata = [(key, value)] }));
        Assert.Equal(InferenceError.InvalidMetadata, e.Error);
        Assert.Contains("llama.", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(9u)]
    public void Read_OfMoreExpertsUsedThanThereAre_IsRefused(uint used)
    {
        TinyModel model = s_llama with { Experts = 8, Metadata = [("expert_used_count", used)] };
        Assert.Equal(InferenceError.InvalidMetadata, Assert.Throws<InferenceException>(() => Read(model)).Error);
    }

    [Fact]
    public void Read_OfAFamilyOfExpertsWithoutExperts_IsRefused() =>
        Assert.Contains("expert_count", Assert.Throws<InferenceException>(() => Read(new TinyModel("qwen3moe"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("llama", 0)]
    [InlineData("phi3", 7)]
    public void Read_OfASlidingWindow_ConcernsTheFamilyThatHasIt(string architecture, int expected) =>
        Assert.Equal(expected, Read(new TinyModel(architecture) { Metadata = [("attention.sliding_window", 7u)] }).SlidingWindow);

    internal static ModelConfig Read(TinyModel model)
    {
        using TemporaryFolder folder = new();
        using GgufModel file = GgufModel.OpenAsync(model.Write(folder["tiny.gguf"])).AsTask().GetAwaiter().GetResult();
        return ModelConfig.Read(file);
    }
}
