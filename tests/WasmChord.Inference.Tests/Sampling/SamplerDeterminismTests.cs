namespace WasmChord.Inference.Tests;

/// <summary>The same seed gives the same tokens, however they are computed.</summary>
public sealed class SamplerDeterminismTests
{
    private const int Vocabulary = 50;

    private static readonly SamplerOptions s_options = new()
    {
        Seed = 42, Temperature = 1.2f, TopK = 20, FrequencyPenalty = 0.3f, PresencePenalty = 0.2f, RepetitionPenalty = 1.2f, PenaltyWindow = 16, XtcProbability = 0.3f,
    };

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void Sample_OfDraftsVerifiedTogether_GivesTheTokensOfOneAtATime(int drafts)
    {
        TokenId[] alone = Generate(200);
        Sampler sampler = new(s_options, Vocabulary);
        PromptLookup lookup = new();
        List<TokenId> text = [];
        TokenId[] proposal = new TokenId[drafts];
        Random random = new(drafts);
        int right = 0;
        while (text.Count < 200)
        {
            // Half of the drafts come from the text, half know the future, up to a mistake.
            int count = lookup.Propose(proposal);
            if (random.Next(2) == 0)
                for (count = 0; count < drafts && text.Count + count < 200; count++) proposal[count] = random.Next(4) == 0 ? new TokenId(random.Next(Vocabulary)) : alone[text.Count + count];
            // One wave computes the logits after the last token and after each draft; here they follow from what was fed.
            List<TokenId> fed = [.. text, .. proposal.Take(count)];
            int start = text.Count;
            for (int i = 0; i <= count && text.Count < 200; i++)
            {
                TokenId token = sampler.Sample(LogitsAfter(fed.Take(start + i)));
                text.Add(token);
                lookup.Append(token);
                if (i == count || token != proposal[i]) break;
                right++;
            }
        }

        Assert.Equal(alone, text);
        Assert.True(right > 20);
    }

    [Fact]
    public void Sample_AmongOtherSamplers_DoesNotDependOnThem()
    {
        TokenId[] alone = Generate(100);
        TokenId[][] together = new TokenId[16][];
        Parallel.For(0, 16, i => together[i] = Generate(100));
        Assert.All(together, t => Assert.Equal(alone, t));
    }

    [Fact]
    public void Uniform_OfSeedAndIndex_IsPinned()
    {
        // Texts of a seed must not change from one version to the next.
        Assert.Equal([0.6524484863740322, 0.7012121095215252, 0.36818951565166946, 0.3052243695959902, 0.9428894748309312], new[] { Chance.Uniform(0, 0), Chance.Uniform(0, 1), Chance.Uniform(1, 0), Chance.Uniform(ulong.MaxValue, long.MaxValue), Chance.Uniform(0, 0, 1) });
    }

    [Fact]
    public void Uniform_OverSeedsAndIndices_FillsTheUnitEvenly()
    {
        int[] bins = new int[64];
        for (ulong seed = 0; seed < 256; seed++)
            for (long index = 0; index < 256; index++) bins[(int)(Chance.Uniform(seed, index) * 64)]++;
        // 1,024 expected in each; six standard deviations.
        Assert.All(bins, b => Assert.InRange(b, 1024 - 192, 1024 + 192));
    }

    private static TokenId[] Generate(int count)
    {
        Sampler sampler = new(s_options, Vocabulary);
        List<TokenId> text = [];
        while (text.Count < count) text.Add(sampler.Sample(LogitsAfter(text)));
        return [.. text];
    }

    /// <summary>Logits that are a function of the tokens before, repetitive enough for drafts to be right at times.</summary>
    private static float[] LogitsAfter(IEnumerable<TokenId> tokens)
    {
        int[] last = [.. tokens.TakeLast(2).Select(t => t.Value)];
        Random random = new(last.Aggregate(17, (h, t) => h * 31 + t % 5));
        return [.. Enumerable.Range(0, Vocabulary).Select(_ => (float)(random.NextDouble() * 6))];
    }
}
