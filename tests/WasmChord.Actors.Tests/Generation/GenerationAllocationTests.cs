using WasmChord.Inference;

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
    public async Task Decode_StreamedModel_TakesAFewKibibytesForEachSegmentThatIsRead()
    {
        await using StreamedModel model = await OpenAsync(BudgetOfLongTexts, g => g with { Drafting = DraftingMode.Off, KvPagePositions = 256, Context = 256 },
            configure: s => s with { VerifyChecksums = true });
        double bytes = await LeastBytesPerTokenAsync(model, SamplerOptions.Greedy);
        // A segment in a lease costs messages; one that is read goes through the load flow, too. Neither costs its size.
        Assert.InRange(bytes, 1, 4096 * (1 + model.Description.Layout.Segments.Count));
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
