using WasmChord.Gguf;
using WasmChord.Inference.Tests;
using WasmChord.Memory64;

namespace WasmChord.Actors.Tests;

/// <summary>Mixtures of experts through the whole engine: the experts that a wave needs are read, and no others.</summary>
public sealed class GenerationExpertsTests : GenerationTestKit
{
    private const int Experts = 8, ExpertsUsed = 2;
    private const long TileBytes = ImageOptions.PageBytes;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"wasmchord-{Guid.NewGuid():n}.gguf");

    // Mixtral is a llama with experts.
    [Theory]
    [InlineData("llama")]
    [InlineData("qwen3moe")]
    public async Task Generate_WithinLessThanTheExperts_GivesTheLogitsOfTheFullBudget(string architecture)
    {
        Write(architecture);
        GenerationOptions options = new() { MaxTokens = 16, IgnoreEndOfText = true, LogitsOfPrompt = true };
        await using StreamedModel full = await OpenAsync(path: _path, tileBytes: TileBytes);
        (GenerationResult expected, ulong[] logits) = await ObserveAsync(full, Prompt(1, 20), options);
        long smallest = await SmallestBudgetAsync(35, _path, TileBytes);
        foreach (long budget in new[] { smallest, smallest + full.Description.Layout.AllLayersBytes / 3 })
        {
            await using StreamedModel model = await OpenAsync($"{budget}", path: _path, tileBytes: TileBytes);
            (GenerationResult result, ulong[] seen) = await ObserveAsync(model, Prompt(1, 20), options);
            Assert.Equal(expected.Tokens, result.Tokens);
            Assert.Equal(logits, seen);
            Assert.True((await model.GetStatisticsAsync()).Cache.Evictions > 0, $"{budget} bytes held everything");
            await AssertNothingKeptAsync(model);
        }
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("qwen3moe")]
    public async Task Generate_OneTokenOfOne_ReadsTheRoutedExpertsAndNoOthers(string architecture)
    {
        Write(architecture);
        using GgufModel file = await GgufModel.OpenAsync(_path);
        TensorInfo[] matrices = [.. file.Tensors.Where(t => t.Shape.DimensionCount > 1 && t.Name != "token_embd.weight")];
        TensorInfo[] experts = [.. matrices.Where(t => t.Name.EndsWith("_exps.weight", StringComparison.Ordinal))];
        Assert.NotEmpty(experts);
        long denseBytes = matrices.Except(experts).Sum(t => t.ByteLength), expertBytes = experts.Sum(t => t.ByteLength);
        await using StreamedModel model = await OpenAsync(path: _path, tileBytes: TileBytes);

        // One wave of one position: the prompt's only token gives the first generated.
        await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 1)), new GenerationOptions { MaxTokens = 1, IgnoreEndOfText = true });

        CacheStatistics cache = (await model.GetStatisticsAsync()).Cache;
        Assert.Equal(1, (await model.GetGenerationStatisticsAsync()).Waves);
        Assert.Equal(denseBytes + expertBytes * ExpertsUsed / Experts, cache.BytesRead);
        Assert.Equal((0, 0), (cache.Evictions, cache.UnusedPrefetches));
        await AssertNothingKeptAsync(model);
    }

    private void Write(string architecture) => new TinyModel(architecture)
    {
        Hidden = 64, FeedForward = 96, KeyDim = 16, ValueDim = 16, Vocabulary = 512, Context = 128, Experts = Experts, ExpertsUsed = ExpertsUsed, Type = GgmlType.Q8_0,
    }.Write(_path);

    protected override void AfterAll()
    {
        base.AfterAll();
        File.Delete(_path);
    }
}
