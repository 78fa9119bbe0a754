using System.Text.Json;
using WasmChord.Inference;
using WasmChord.TestData;

namespace WasmChord.Actors.Tests;

/// <summary>What is generated is the same, to the last bit of the logits, whatever the budget and the company.</summary>
public sealed class GenerationTests : GenerationTestKit
{
    private static readonly GenerationOptions s_greedy = new() { MaxTokens = 20, IgnoreEndOfText = true };
    private static readonly GenerationOptions s_sampled = s_greedy with { Sampler = new SamplerOptions { Seed = 7, Temperature = 1.2f } };

    [SkippableTheory]
    [InlineData("1")]
    [InlineData("2")]
    [InlineData("3")]
    public async Task Generate_Stories_GivesTheReferencesTokens(string name)
    {
        string path = SharedTestData.Require("models/stories260K.gguf");
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllText(SharedTestData.Require($"reference/stories260K.p{name}.greedy.json")));
        TokenId[] Ids(string key) => [.. reference.RootElement.GetProperty(key).EnumerateArray().Select(e => new TokenId(e.GetInt32()))];
        TokenId[] expected = Ids("greedy_ids");
        await using StreamedModel model = await OpenAsync("900KiB", g => g with { KvType = KvType.F32, Scheme = MatMulScheme.Float }, path);
        GenerationResult result = await model.GenerateAsync(GenerationPrompt.FromTokens(Ids("prompt_ids")), new GenerationOptions { MaxTokens = expected.Length });
        Assert.Equal(expected, result.Tokens);
        Assert.Equal(GenerationEnd.MaxTokens, result.Completed.Reason);
    }

    [Fact]
    public async Task Generate_AnyBudget_GivesTheSameLogitsToTheLastBit()
    {
        TokenId[] prompt = Prompt(1, 40);
        await using StreamedModel full = await OpenAsync();
        (GenerationResult expected, ulong[] logits) = await ObserveAsync(full, prompt, s_greedy with { LogitsOfPrompt = true });
        Assert.Equal(40 + 19, logits.Length);
        long smallest = await SmallestBudgetAsync(59);
        long half = smallest + full.Description.Layout.AllLayersBytes / 2;
        foreach (long budget in new[] { half, smallest })
        {
            await using StreamedModel model = await OpenAsync($"{budget}");
            (GenerationResult result, ulong[] seen) = await ObserveAsync(model, prompt, s_greedy with { LogitsOfPrompt = true });
            Assert.Equal(expected.Tokens, result.Tokens);
            Assert.Equal(logits, seen);
            await AssertNothingKeptAsync(model);
        }

        await using StreamedModel below = await OpenAsync($"{smallest - 1}");
        GenerationRefusedException e = await Assert.ThrowsAsync<GenerationRefusedException>(() => below.GenerateAsync(GenerationPrompt.FromTokens(prompt), s_greedy));
        Assert.Equal(GenerationRefusal.KvExceedsBudget, e.Reason);
    }

    [Fact]
    public async Task Generate_AmongOthers_GivesWhatItGivesAlone()
    {
        const int Count = 12;
        await using StreamedModel model = await OpenAsync("1300KiB");
        GenerationOptions Options(int i) => (i % 2 == 0 ? s_greedy : s_sampled) with { MaxTokens = 8 + i };
        List<(GenerationResult, ulong[])> alone = [];
        for (int i = 0; i < Count; i++) alone.Add(await ObserveAsync(model, Prompt(i, 3 + 5 * i), Options(i)));
        Task<(GenerationResult, ulong[])>[] together = [.. Enumerable.Range(0, Count).Reverse().Select(i => ObserveAsync(model, Prompt(i, 3 + 5 * i), Options(i)))];
        (GenerationResult Result, ulong[] Logits)[] all = await Task.WhenAll(together);
        Array.Reverse(all);
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(alone[i].Item1.Tokens, all[i].Result.Tokens);
            Assert.Equal(alone[i].Item2, all[i].Logits);
        }

        GenerationStatistics statistics = await model.GetGenerationStatisticsAsync();
        Assert.True(statistics.MostPositions > Count, $"{statistics.MostPositions} positions in a wave");
        await AssertNothingKeptAsync(model);
    }
}
