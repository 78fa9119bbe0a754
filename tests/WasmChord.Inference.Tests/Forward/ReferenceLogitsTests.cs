using WasmChord.TestData;

namespace WasmChord.Inference.Tests;

/// <summary>Logits against the reference's, file by file.</summary>
public sealed class ReferenceLogitsTests
{
    private static readonly string[] s_quantized =
    [
        "stories260K-F16", "stories260K-BF16", "stories260K-wide4-Q2_K", "stories260K-wide4-Q3_K_M", "stories260K-wide4-Q4_K_M",
        "stories260K-wide4-Q5_K_M", "stories260K-wide4-IQ1_S", "stories260K-wide4-IQ1_M", "stories260K-wide4-IQ2_XXS",
        "stories260K-wide4-IQ2_XS", "stories260K-wide4-IQ2_S", "stories260K-wide4-IQ3_XXS", "stories260K-wide4-IQ3_S",
        "stories260K-wide4-IQ4_XS", "stories260K-wide4-TQ1_0",
    ];

    public static TheoryData<string> Quantized => new(s_quantized);

    [SkippableTheory]
    [InlineData("stories260K", "p1")]
    [InlineData("stories260K", "p2")]
    [InlineData("stories260K", "p3")]
    [InlineData("llama-2-tiny-random", "p1")]
    [InlineData("gridcore-tied-random", "p1")]
    public void Logits_OfAnUnquantizedModel_AgreeWithinATenThousandth(string model, string prompt) =>
        AssertClose(model, $"{model}.{prompt}", MatMulScheme.Float, 1e-4f);

    [SkippableTheory]
    [InlineData("p1")]
    [InlineData("p2")]
    [InlineData("p3")]
    public void GreedyIds_OfStories_AreTheReferences(string prompt)
    {
        string path = SharedTestData.Require("models/stories260K.gguf");
        ReferenceRun reference = ReferenceRun.Load($"stories260K.{prompt}");
        using LoadedModel model = new(path, MatMulScheme.Integer);
        int vocabulary = model.Model.Config.VocabularySize;
        TokenId[] fed = reference.Fed(vocabulary);
        float[] logits = model.Run(fed, 64);
        for (int t = reference.Prompt.Length - 1, g = 0; g < reference.Greedy.Length && t < fed.Length; t++, g++)
        {
            ReadOnlySpan<float> row = logits.AsSpan(t * vocabulary, vocabulary);
            Assert.Equal(reference.Greedy[g].Value, System.Numerics.Tensors.TensorPrimitives.IndexOfMax(row));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Quantized))]
    public void Logits_OfDequantizedWeights_AgreeWithTheFloatReference(string model) =>
        AssertClose(model, $"quantized/{model}.deqf32", MatMulScheme.Float, 2e-3f);

    // The reference was built for AVX without fused multiply-add, and every product adds its floats in that build's order,
    // so there is no rounding of ours to allow for. Another order is not merely a little off: activations are encoded between
    // layers, and where one of them lies near the middle of two codes, a last bit decides.
    [SkippableTheory]
    [MemberData(nameof(Quantized))]
    public void Logits_OfTheIntegerScheme_AgreeWithTheNativeReference(string model) =>
        AssertClose(model, $"quantized/{model}.native", MatMulScheme.Integer, 0);

    private static void AssertClose(string file, string reference, MatMulScheme scheme, float tolerance)
    {
        string path = SharedTestData.Require($"models/{file}.gguf");
        ReferenceRun run = ReferenceRun.Load(reference);
        using LoadedModel model = new(path, scheme);
        float[] logits = model.Run(run.Fed(model.Model.Config.VocabularySize), 64);
        Assert.Equal(run.Logits.Length, logits.Length);
        float worst = 0;
        for (int i = 0; i < logits.Length; i++) worst = MathF.Max(worst, MathF.Abs(logits[i] - run.Logits[i]));
        Assert.True(worst <= tolerance, $"{file}: off by {worst}");
    }
}
