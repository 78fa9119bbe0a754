namespace WasmChord.Inference.Tests;

public sealed class SamplerTests
{
    private const int Vocabulary = 1000;

    [Fact]
    public void Sample_Greedily_TakesTheLowestOfTheLargest()
    {
        Sampler sampler = new(SamplerOptions.Greedy, 4);
        Assert.Equal(new TokenId(1), sampler.Sample([0, 3, 3, -1]));
    }

    [Fact]
    public void Sample_Greedily_AgreesWithAPlainSearch()
    {
        Random random = new(2);
        for (int round = 0; round < 500; round++)
        {
            float[] logits = [.. Enumerable.Range(0, random.Next(1, 80)).Select(_ => random.Next(6) == 0 ? float.NegativeInfinity : random.Next(-5, 5))];
            if (Array.TrueForAll(logits, float.IsNegativeInfinity)) continue;
            int expected = Enumerable.Range(0, logits.Length).OrderByDescending(i => logits[i]).ThenBy(i => i).First();
            Assert.Equal(expected, new Sampler(SamplerOptions.Greedy, logits.Length).Sample(logits).Value);
        }
    }

    [Fact]
    public void Sample_WithTheSameSeed_GivesTheSameTokens()
    {
        TokenId[] first = Draw(new SamplerOptions { Seed = 7 }, 200), second = Draw(new SamplerOptions { Seed = 7 }, 200);
        Assert.Equal(first, second);
        Assert.NotEqual(first, Draw(new SamplerOptions { Seed = 8 }, 200));
    }

    [Fact]
    public void Sample_OverManyDraws_FollowsTheProbabilities()
    {
        SamplerOptions options = new() { Temperature = 1, TopK = 0, TopP = 1, MinP = 0 };
        float[] logits = [MathF.Log(0.5f), MathF.Log(0.3f), MathF.Log(0.2f)];
        Sampler sampler = new(options, 3);
        int[] counts = new int[3];
        for (int i = 0; i < 20_000; i++) counts[sampler.Sample((float[])logits.Clone()).Value]++;
        Assert.InRange(counts[0], 9_700, 10_300);
        Assert.InRange(counts[1], 5_700, 6_300);
        Assert.InRange(counts[2], 3_700, 4_300);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(400)]
    [InlineData(0)]
    public void Sample_WithTopK_NeverLeavesTheMostLikely(int topK)
    {
        SamplerOptions options = new() { Temperature = 5, TopK = topK, TopP = 1, MinP = 0 };
        float[] logits = Logits(3);
        int[] best = [.. Enumerable.Range(0, Vocabulary).OrderByDescending(i => logits[i]).ThenBy(i => i).Take(topK == 0 ? Vocabulary : topK)];
        Sampler sampler = new(options, Vocabulary);
        HashSet<int> seen = [];
        for (int i = 0; i < 2_000; i++) seen.Add(sampler.Sample((float[])logits.Clone()).Value);
        Assert.Subset(best.ToHashSet(), seen);
        Assert.True(seen.Count >= Math.Min(best.Length, 3) && (topK is not (1 or 3) || seen.Count == topK));
    }

    [Fact]
    public void Sample_WithTopP_KeepsTheFewestThatReachIt()
    {
        // 0.5 + 0.3 reaches 0.75, the third is out.
        Assert.Equal([0, 1], Seen(new SamplerOptions { Temperature = 1, TopK = 0, TopP = 0.75f, MinP = 0 }, [MathF.Log(0.5f), MathF.Log(0.3f), MathF.Log(0.2f)]));
    }

    [Fact]
    public void Sample_WithMinP_KeepsThoseLikelyEnough()
    {
        Assert.Equal([0, 1], Seen(new SamplerOptions { Temperature = 1, TopK = 0, TopP = 1, MinP = 0.5f }, [MathF.Log(0.5f), MathF.Log(0.3f), MathF.Log(0.2f)]));
    }

    [Fact]
    public void Sample_WithTypicalP_PrefersTheExpectedInformation()
    {
        // Entropy 1.03; the information of 0.5, 0.3, 0.2 is 0.69, 1.20, 1.61: the second is nearest, then the first.
        Assert.Equal([1], Seen(new SamplerOptions { Temperature = 1, TopK = 0, TopP = 1, MinP = 0, TypicalP = 0.25f }, [MathF.Log(0.5f), MathF.Log(0.3f), MathF.Log(0.2f)]));
        Assert.Equal([0, 1], Seen(new SamplerOptions { Temperature = 1, TopK = 0, TopP = 1, MinP = 0, TypicalP = 0.5f }, [MathF.Log(0.5f), MathF.Log(0.3f), MathF.Log(0.2f)]));
    }

    [Fact]
    public void Sample_WithPenalties_LowersWhatWasSeen()
    {
        Sampler sampler = new(SamplerOptions.Greedy with { RepetitionPenalty = 2 }, 3);
        Assert.Equal(0, sampler.Sample([3, 2, 1]).Value);
        Assert.Equal(1, sampler.Sample([3, 2, 1]).Value);
        Sampler frequency = new(SamplerOptions.Greedy with { FrequencyPenalty = 0.6f }, 3);
        Assert.Equal([0, 0, 1], Enumerable.Range(0, 3).Select(_ => frequency.Sample([3, 2, 1]).Value));
        Sampler presence = new(SamplerOptions.Greedy with { PresencePenalty = 1.5f, PenaltyWindow = 1 }, 3);
        Assert.Equal([0, 1, 0], Enumerable.Range(0, 3).Select(_ => presence.Sample([3, 2, 1]).Value));
        Sampler observed = new(SamplerOptions.Greedy with { RepetitionPenalty = 2 }, 3);
        observed.Observe(new TokenId(0));
        Assert.Equal(1, observed.Sample([3, 2, 1]).Value);
    }

    [Fact]
    public void Sample_WithBiases_FollowsThem()
    {
        Dictionary<TokenId, float> bias = new() { [new TokenId(0)] = float.NegativeInfinity, [new TokenId(2)] = 5 };
        Assert.Equal(2, new Sampler(SamplerOptions.Greedy with { LogitBias = bias }, 3).Sample([9, 2, 1]).Value);
        Dictionary<TokenId, float> ban = Enumerable.Range(0, 3).ToDictionary(i => new TokenId(i), _ => float.NegativeInfinity);
        Assert.Throws<InferenceException>(() => new Sampler(SamplerOptions.Greedy with { LogitBias = ban }, 3).Sample([1, 2, 3]));
        Assert.Throws<InferenceException>(() => new Sampler(new SamplerOptions { LogitBias = ban }, 3).Sample([1, 2, 3]));
    }

    [Fact]
    public void Sample_OfNaN_IsRefused()
    {
        Assert.Throws<InferenceException>(() => new Sampler(SamplerOptions.Greedy, 3).Sample([1, float.NaN, 3]));
        Assert.Throws<InferenceException>(() => new Sampler(new SamplerOptions(), 3).Sample([1, float.NaN, 3]));
    }

    public static TheoryData<SamplerOptions> EachPath => new(
        SamplerOptions.Greedy,
        SamplerOptions.Greedy with { FrequencyPenalty = 0.5f, PenaltyWindow = -1 },
        new SamplerOptions { RepetitionPenalty = 1.1f, LogitBias = new Dictionary<TokenId, float> { [new(3)] = float.NegativeInfinity, [new(4)] = 1 } },
        new SamplerOptions { TopK = 0, TopP = 0.9f, MinP = 0 },
        new SamplerOptions { TopK = 0, TopP = 1, MinP = 0.1f },
        new SamplerOptions { TopK = 0, TopP = 1, MinP = 0 },
        new SamplerOptions { TopK = 0, TypicalP = 0.5f, TopP = 0.9f },
        new SamplerOptions { TopNSigma = 1, TopK = 100, XtcProbability = 0.5f, TemperatureRange = 0.5f });

    [Theory]
    [MemberData(nameof(EachPath))]
    public void Sample_InSteadyState_AllocatesNothing(SamplerOptions options)
    {
        Sampler sampler = new(options, Vocabulary, static (logits, index) => logits[0] += index & 1);
        float[][] logits = [.. Enumerable.Range(0, 8).Select(Logits)];
        float[] copy = new float[Vocabulary];
        // The window of the penalties must have seen all that it will hold.
        for (int i = 0; i < 2_000; i++) One(i);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 200; i++) One(i);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void One(int i)
        {
            logits[i % 8].CopyTo(copy, 0);
            sampler.Sample(copy);
        }
    }

    [Fact]
    public void Options_OutOfRange_AreRefusedWithTheNumber()
    {
        foreach (SamplerOptions bad in new[] { new SamplerOptions { TopP = 2 }, new() { TopK = -1 }, new() { MinP = -0.1f }, new() { TypicalP = float.NaN }, new() { RepetitionPenalty = 0 }, new() { Temperature = float.NaN }, new() { PenaltyWindow = -2 }, new() { FrequencyPenalty = float.PositiveInfinity }, new() { XtcProbability = 1.1f }, new() { XtcThreshold = -1 }, new() { TemperatureRange = -1 }, new() { TemperatureExponent = float.NaN }, new() { TopNSigma = float.NaN }, new() { LogitBias = new Dictionary<TokenId, float> { [new(0)] = float.NaN } }, new() { LogitBias = new Dictionary<TokenId, float> { [new(-1)] = 0 } } })
            Assert.Equal(InferenceError.InvalidOption, Assert.Throws<InferenceException>(() => new Sampler(bad, 3)).Error);
    }

    [Fact]
    public void Options_OutOfRange_NameTheNumber() =>
        Assert.Contains("TopP: 1.5 is not 0 to 1", Assert.Throws<InferenceException>(() => new Sampler(new SamplerOptions { TopP = 1.5f }, 3)).Message, StringComparison.Ordinal);

    [Fact]
    public void Constructor_OfABiasOutsideTheVocabulary_IsRefused() =>
        Assert.Equal(InferenceError.InvalidToken, Assert.Throws<InferenceException>(() => new Sampler(new SamplerOptions { LogitBias = new Dictionary<TokenId, float> { [new(3)] = 1 } }, 3)).Error);

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void Observe_OfATokenOutsideTheVocabulary_IsRefused(int token) =>
        Assert.Equal(InferenceError.InvalidToken, Assert.Throws<InferenceException>(() => new Sampler(SamplerOptions.Greedy, 3).Observe(new TokenId(token))).Error);

    [Fact]
    public void Sample_ManySequencesOfOneThread_TakeTheMemoryOfOne()
    {
        const int Vocabulary = 100_000;
        float[] logits = [.. Enumerable.Range(0, Vocabulary).Select(i => MathF.Sin(i))];
        SamplerOptions[] all = [new(), new() { TypicalP = 0.9f, TopK = 0 }, new() { TopK = 0, TopP = 1, MinP = 0 }];
        Sampler[] samplers = [.. Enumerable.Range(0, 24).Select(i => new Sampler(all[i % 3] with { Seed = (ulong)i }, Vocabulary))];
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (Sampler sampler in samplers) sampler.Sample(logits);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Sampler.BytesFor(Vocabulary) + 10_000);
    }

    [Fact]
    public void Sample_OfAnotherSize_IsRefused() => Assert.Throws<ArgumentException>(() => new Sampler(SamplerOptions.Greedy, 3).Sample(new float[4]));

    [Fact]
    public void Sample_WithAProcessor_SeesWhatItLeft()
    {
        List<long> indices = [];
        Sampler sampler = new(SamplerOptions.Greedy, 3, (logits, index) =>
        {
            indices.Add(index);
            logits[(int)index] = 100;
        });
        Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Select(_ => sampler.Sample([3, 2, 1]).Value));
        Assert.Equal([0L, 1, 2], indices);
    }

    [Fact]
    public void Sample_OfInfiniteLogits_SharesThemInEqualParts()
    {
        float[] logits = [1, float.PositiveInfinity, 3, float.PositiveInfinity, float.NegativeInfinity];
        foreach (SamplerOptions options in new[] { new SamplerOptions(), new() { TopK = 0 }, new() { TopK = 0, TopP = 1 }, new() { TopK = 0, TopP = 1, MinP = 0 }, new() { TopNSigma = 1 }, new() { TypicalP = 0.9f } })
            Assert.Equal([1, 3], Seen(options, logits));
        Assert.Equal([1], Seen(SamplerOptions.Greedy, logits));
        Dictionary<TokenId, float> ban = new() { [new(1)] = float.NegativeInfinity };
        Assert.Equal([3], Seen(new SamplerOptions { LogitBias = ban }, logits));
        Assert.Equal([0, 2], Seen(new SamplerOptions { LogitBias = ban, TopK = 0, TopP = 1, MinP = 0, Temperature = 100 }, [1, float.PositiveInfinity, 3]));
    }

    [Fact]
    public void Sample_OfExtremeLogits_StaysDefined()
    {
        Assert.Equal([1], Seen(new SamplerOptions { Temperature = 1e-30f, TopK = 0, TopP = 1, MinP = 0 }, [-3e38f, 3e38f, 2.9e38f]));
        Assert.Equal([0, 1, 2], Seen(new SamplerOptions { Temperature = 1e6f, TopK = 0, TopP = 1, MinP = 0 }, [-1, 0, 1]));
    }

    [Fact]
    public void Sample_OfNaNAnywhere_NamesTheToken()
    {
        for (int at = 0; at < 40; at++)
        {
            float[] logits = new float[40];
            logits[at] = float.NaN;
            InferenceException e = Assert.Throws<InferenceException>(() => new Sampler(new SamplerOptions(), 40).Sample(logits));
            Assert.Equal(InferenceError.NotFinite, e.Error);
            Assert.Contains($"token {at} ", e.Message, StringComparison.Ordinal);
        }
    }

    private static int[] Seen(SamplerOptions options, float[] logits)
    {
        Sampler sampler = new(options, logits.Length);
        return [.. Enumerable.Range(0, 500).Select(_ => sampler.Sample((float[])logits.Clone()).Value).Distinct().Order()];
    }

    private static TokenId[] Draw(SamplerOptions options, int count)
    {
        Sampler sampler = new(options, Vocabulary);
        return [.. Enumerable.Range(0, count).Select(i => sampler.Sample(Logits(i)))];
    }

    private static float[] Logits(int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, Vocabulary).Select(_ => (float)(random.NextDouble() * 10))];
    }
}
