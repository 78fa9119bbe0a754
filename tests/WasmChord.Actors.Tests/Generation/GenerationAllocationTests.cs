using WasmChord.Inference;
using WasmChord.Memory64;

namespace WasmChord.Actors.Tests;

/// <summary>Tests that count what the whole process allocates run when no others do.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;

/// <summary>What a token costs in managed memory once everything is warm: of the whole process, actors and streams included.</summary>
[Collection(nameof(AloneCollection))]
public sealed class GenerationAllocationTests : GenerationTestKit
{
    private const int Tokens = 200;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Decode_ModelInMemory_TakesAtMostOneKibibyteAToken(bool sampled)
    {
        await using StreamedModel model = await OpenAsync("64MiB", g => g with { Drafting = DraftingMode.Off, KvPagePositions = 256 });
        Assert.InRange(await LeastBytesPerTokenAsync(model, sampled ? new SamplerOptions { Seed = 3 } : SamplerOptions.Greedy), 1, 1024);
    }

    [Fact]
    public async Task Decode_StreamedModel_TakesAtMostOneKibibyteATokenHoweverManySegmentsAreRead()
    {
        // Without the faulty twin of storage, whose script costs memory at every read.
        await using StreamedModel model = await OpenAsync(BudgetOfLongTexts, g => g with { Drafting = DraftingMode.Off, KvPagePositions = 256, Context = 256 },
            configure: s => s with { VerifyChecksums = true }, openStorage: (file, storage) => Storage.Open(file, storage, out _));
        Assert.InRange(await LeastBytesPerTokenAsync(model, SamplerOptions.Greedy), 1, 1024);
        if (BudgetOfLongTexts == "8MiB") return;
        CacheStatistics cache = (await model.GetStatisticsAsync()).Cache;
        Assert.True(cache.Evictions > 6 * Tokens * 4, $"{cache.Evictions} segments left: that was no streaming");
    }

    // The least of several stretches: compilation of code that has become hot is not counted.
    private static async Task<double> LeastBytesPerTokenAsync(StreamedModel model, SamplerOptions sampler)
    {
        double least = double.MaxValue;
        for (int round = 0; round < 6; round++)
        {
            long[] at = new long[Tokens];
            int count = 0;
            await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 3)), new GenerationOptions
            {
                MaxTokens = Tokens,
                IgnoreEndOfText = true,
                Sampler = sampler,
                OnLogits = (_, _) => at[count++] = GC.GetTotalAllocatedBytes(precise: true),
            });
            Assert.Equal(Tokens, count);
            for (int i = Tokens / 4; i + 50 < Tokens; i += 25) least = Math.Min(least, (at[i + 50] - at[i]) / 50.0);
        }

        return least;
    }
}
