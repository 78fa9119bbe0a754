namespace WasmChord.Inference.Tests;

/// <summary>Every supported family, and every variant of positions and routing, against its definition.</summary>
public sealed class ArchitectureTests
{
    private const double Tolerance = 2e-4;

    private static readonly float[] s_factors = [1.5f, 2.5f, 4, 8];
    private static readonly TinyModel s_llama = new("llama");
    private static readonly TinyModel s_mixtral = new("llama") { Experts = 8 };
    private static readonly TinyModel s_phi3 = new("phi3");

    /// <summary>
    /// A model, its definition, and the definition without what the variant is about: logits must agree with the one and
    /// not with the other, or the test would show nothing.
    /// </summary>
    private static readonly Dictionary<string, (TinyModel Model, Func<TinyModel, NaiveTransformer> Definition, Func<TinyModel, NaiveTransformer>? Without)> s_variants = new()
    {
        ["llama"] = (s_llama, m => new(m), m => new(m) { AngleOf = (_, _) => 0 }),
        ["llama, one KV head"] = (s_llama with { KvHeads = 1 }, m => new(m), null),
        ["llama, a KV head for each head"] = (s_llama with { KvHeads = 4 }, m => new(m), null),
        ["llama, tied"] = (s_llama with { IsTied = true }, m => new(m), null),
        ["llama, biases"] = (s_llama with { HasBiases = true }, m => new(m), null),
        ["llama, other head dims"] = (s_llama with { KeyDim = 12, ValueDim = 6 }, m => new(m), null),
        ["llama, part of a head turns"] = (s_llama with { Metadata = [("rope.dimension_count", 4u)] }, m => new(m) { RopeDimensions = 4 }, m => new(m)),
        ["llama, another base"] = (s_llama with { FrequencyBase = 100 }, m => new(m), m => new(m with { FrequencyBase = 10_000 })),
        ["llama, attention scale"] = (s_llama with { Metadata = [("attention.scale", 0.9f)] }, m => new(m) { AttentionScale = 0.9f }, m => new(m)),
        ["llama, linear"] = (Scaled(s_llama, ("rope.scaling.type", "linear"), ("rope.scaling.factor", 4f)), m => new(m) { AngleOf = Stretched(m, 4) }, m => new(m)),
        ["llama, linear, old key"] = (Scaled(s_llama, ("rope.scale_linear", 4f)), m => new(m) { AngleOf = Stretched(m, 4) }, m => new(m)),
        ["llama, scaling none"] = (Scaled(s_llama, ("rope.scaling.type", "none"), ("rope.scaling.factor", 4f)), m => new(m), m => new(m) { AngleOf = Stretched(m, 4) }),
        ["llama, scaling by tensor"] = (s_llama with { RopeFreqs = s_factors }, m => new(m) { AngleOf = Divided(m, s_factors) }, m => new(m)),
        ["llama, YaRN"] = (Yarn(s_llama), m => new(m) { AngleOf = YarnAngles(m), RopeMagnitude = YarnMagnitude(1) }, m => new(m) { AngleOf = Stretched(m, 4), RopeMagnitude = YarnMagnitude(1) }),
        ["llama, YaRN, factor"] = (Yarn(s_llama, ("rope.scaling.attn_factor", 1.3f)), m => new(m) { AngleOf = YarnAngles(m), RopeMagnitude = 1.3 * YarnMagnitude(1) }, m => new(m) { AngleOf = YarnAngles(m), RopeMagnitude = YarnMagnitude(1) }),
        ["mistral3"] = (
            Yarn(new TinyModel("mistral3"), ("rope.scaling.yarn_log_multiplier", 0.5f), ("attention.temperature_scale", 0.3f)),
            m => new(m) { AngleOf = YarnAngles(m), RopeMagnitude = YarnMagnitude(1) / YarnMagnitude(0.5), QueryScaleOf = t => 1 + 0.3f * Math.Log(1 + Math.Floor(t / 8.0)) },
            m => new(m) { AngleOf = YarnAngles(m), RopeMagnitude = YarnMagnitude(1) / YarnMagnitude(0.5) }),
        ["mistral3, no multiplier"] = (Yarn(new TinyModel("mistral3")), m => new(m) { AngleOf = YarnAngles(m), RopeMagnitude = YarnMagnitude(1) }, null),
        ["llama with experts"] = (s_mixtral, m => new(m), m => new(m with { ExpertsUsed = 3 })),
        ["llama with experts, scaled"] = (s_mixtral with { Metadata = [("expert_weights_scale", 2.5f)] }, m => new(m) { ExpertScale = 2.5 }, m => new(m)),
        ["qwen2"] = (new TinyModel("qwen2") { HasBiases = true }, m => new(m), m => new(m with { Architecture = "llama" })),
        ["qwen3"] = (new TinyModel("qwen3") { KeyDim = 12, ValueDim = 12, IsTied = true }, m => new(m), m => new(m with { Architecture = "qwen2" })),
        ["qwen3moe"] = (new TinyModel("qwen3moe") { Experts = 6, ExpertsUsed = 3, KeyDim = 16, ValueDim = 16 }, m => new(m), null),
        ["qwen3moe, shared length"] = (
            new TinyModel("qwen3moe") { Experts = 6, ExpertsUsed = 3, Metadata = [("expert_feed_forward_length", null), ("feed_forward_length", 3 * 48u)] }, m => new(m), null),
        ["phi3"] = (s_phi3, m => new(m), null),
        ["phi3, short factors"] = (Long(s_phi3, 64), m => new(m) { AngleOf = Divided(m, s_factors), RopeMagnitude = 1.2f }, m => new(m) { AngleOf = Divided(m, s_factors) }),
        ["phi3, long factors"] = (Long(s_phi3, 32), m => new(m) { AngleOf = Divided(m, [3, 5, 7, 9]), RopeMagnitude = 1.2f }, m => new(m) { AngleOf = Divided(m, s_factors), RopeMagnitude = 1.2f }),
        ["phi3, sliding window"] = (s_phi3 with { Metadata = [("attention.sliding_window", 5u)] }, m => new(m) { Window = 5 }, m => new(m) { Window = 6 }),
    };

    public static TheoryData<string> Variants => new(s_variants.Keys);

    [Theory]
    [MemberData(nameof(Variants))]
    public void Logits_OfAFamily_AreItsDefinitions(string variant)
    {
        (TinyModel tiny, Func<TinyModel, NaiveTransformer> definition, Func<TinyModel, NaiveTransformer>? without) = s_variants[variant];
        TokenId[] tokens = Tokens(tiny, 24);
        double[][] expected = definition(tiny).Logits(tokens);
        using TemporaryFolder folder = new();
        using LoadedModel model = new(tiny.Write(folder["tiny.gguf"]), MatMulScheme.Float, maxPositions: 7, context: 64);
        double worst = Distance(expected, model.Run(tokens, 7));
        Assert.True(worst < Tolerance, $"off by {worst}");
        if (without is null) return;
        double other = Distance(without(tiny).Logits(tokens), model.Run(tokens, 7));
        Assert.True(other > 100 * Tolerance, $"what the variant is about changes logits by {other} only");
    }

    [Fact]
    public void Logits_OfEverySupportedFamily_AreTested() =>
        Assert.Superset(ModelArchitecture.Supported.Select(a => a.Name).ToHashSet(), s_variants.Values.Select(v => v.Model.Architecture).ToHashSet());

    private static TokenId[] Tokens(TinyModel model, int count)
    {
        Random random = new(7);
        return [.. Enumerable.Range(0, count).Select(_ => new TokenId(random.Next(model.Vocabulary)))];
    }

    private static double Distance(double[][] expected, float[] actual)
    {
        Assert.Equal(expected.Sum(r => r.Length), actual.Length);
        return expected.SelectMany(r => r).Zip(actual, (e, a) => Math.Abs(e - a)).Max();
    }

    private static TinyModel Scaled(TinyModel model, params (string, object?)[] keys) => model with { Metadata = keys };

    private static TinyModel Yarn(TinyModel model, params (string, object?)[] keys) => model with
    {
        FrequencyBase = 50,
        Metadata = [("rope.scaling.type", "yarn"), ("rope.scaling.factor", 4f), ("rope.scaling.original_context_length", 8u),
            ("rope.scaling.yarn_beta_fast", 2f), ("rope.scaling.yarn_beta_slow", 0.5f), .. keys],
    };

    private static TinyModel Long(TinyModel model, uint original) => model with
    {
        ShortFactors = s_factors,
        LongFactors = [3, 5, 7, 9],
        Metadata = [("rope.scaling.type", "longrope"), ("rope.scaling.original_context_length", original), ("rope.scaling.attn_factor", 1.2f)],
    };

    private static Func<int, int, double> Stretched(TinyModel m, double factor) =>
        (position, pair) => position / factor * Math.Pow(m.FrequencyBase, -2.0 * pair / m.KeyDim);

    private static Func<int, int, double> Divided(TinyModel m, float[] factors) =>
        (position, pair) => position / (double)factors[pair] * Math.Pow(m.FrequencyBase, -2.0 * pair / m.KeyDim);

    /// <summary>arXiv:2309.00071, section 3.2: pairs that turn often keep their frequency, those that hardly turn are interpolated.</summary>
    private static Func<int, int, double> YarnAngles(TinyModel m)
    {
        double dimensions = m.KeyDim, original = 8;
        double low = Math.Max(0, Math.Floor(PairWithRotations(2))), high = Math.Min(dimensions - 1, Math.Ceiling(PairWithRotations(0.5)));
        return (position, pair) =>
        {
            double frequency = Math.Pow(m.FrequencyBase, -2.0 * pair / dimensions);
            double interpolated = Math.Clamp((pair - low) / (high - low), 0, 1);
            return position * (frequency / 4 * interpolated + frequency * (1 - interpolated));
        };

        double PairWithRotations(double rotations) => dimensions * Math.Log(original / (rotations * 2 * Math.PI)) / (2 * Math.Log(m.FrequencyBase));
    }

    /// <summary>Section 3.4, for a stretch of 4, with a multiplier of the logarithm.</summary>
    private static double YarnMagnitude(double multiplier) => 1 + 0.1 * multiplier * Math.Log(4);
}
