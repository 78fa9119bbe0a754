namespace WasmChord.Inference.Tests;

public sealed class PromptLookupTests
{
    [Fact]
    public void Propose_AfterARepeatedPhrase_ContinuesAsBefore()
    {
        PromptLookup lookup = Filled(1, 2, 3, 4, 5, 9, 2, 3);
        Assert.Equal([4, 5, 9], Proposed(lookup, 3));
    }

    [Fact]
    public void Propose_OfTheLatestOccurrence_Wins() => Assert.Equal([8], Proposed(Filled(2, 3, 7, 2, 3, 8, 2, 3), 1));

    [Fact]
    public void Propose_OfTheLongerMatch_Wins() => Assert.Equal([7], Proposed(Filled(1, 2, 3, 7, 5, 2, 3, 8, 1, 2, 3), 1));

    [Fact]
    public void Propose_WithoutAMatch_GivesNothing()
    {
        Assert.Empty(Proposed(Filled(1, 2, 3, 4), 4));
        Assert.Empty(Proposed(Filled(), 4));
    }

    [Fact]
    public void Propose_OfAPeriodicText_GoesOnWithThePeriod() => Assert.Equal([2, 1, 2, 1, 2], Proposed(Filled(1, 2, 1, 2, 1), 5));

    [Fact]
    public void Propose_OnRandomTokens_AgreesWithANaiveSearch()
    {
        Random random = new(5);
        PromptLookup lookup = new();
        List<int> tokens = [];
        for (int i = 0; i < 3_000; i++)
        {
            int token = random.Next(12);
            tokens.Add(token);
            lookup.Append(new TokenId(token));
            Assert.Equal(Naive(tokens, 4), Proposed(lookup, 4));
        }
    }

    [Fact]
    public void DraftLength_GrowsWithSuccessAndPausesAfterFailures()
    {
        DraftLength length = new(16);
        int first = length.Next();
        length.Record(first, first);
        Assert.Equal(2 * first, length.Next());
        length.Record(2 * first, 1);
        Assert.Equal(2, length.Next());
        for (int i = 0; i < 3; i++) length.Record(2, 0);
        Assert.Equal(0, length.Next());
        Assert.Contains(Enumerable.Range(0, 20).Select(_ => length.Next()), n => n > 0);
    }

    [Fact]
    public void Append_AndPropose_InSteadyState_AllocateLittle()
    {
        PromptLookup lookup = new();
        TokenId[] room = new TokenId[8];
        for (int i = 0; i < 40_000; i++) lookup.Append(new TokenId(i * 7919 % 997));
        long before = GC.GetAllocatedBytesForCurrentThread();
        int proposed = 0;
        for (int i = 0; i < 1_000; i++)
        {
            proposed += lookup.Propose(room);
            lookup.Append(new TokenId(i * 7919 % 997));
        }

        Assert.True(proposed > 0);
        // A table that doubles may do so here; it is a constant a token over time.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void DraftLength_OverAnyRecord_StaysInItsBounds()
    {
        Random random = new(4);
        foreach (int longest in new[] { 0, 1, 2, 5, 16 })
        {
            DraftLength length = new(longest);
            for (int i = 0; i < 2_000; i++)
            {
                int next = length.Next();
                Assert.InRange(next, 0, longest);
                if (next == 0) continue;
                int drafted = random.Next(1, next + 1);
                length.Record(drafted, random.Next(0, drafted + 1));
            }
        }
    }

    [Fact]
    public void DraftLength_OfDraftsThatAreAlwaysWrong_SpendsLittle()
    {
        DraftLength length = new(16);
        int drafted = 0;
        for (int i = 0; i < 1_000; i++)
        {
            int next = length.Next();
            drafted += next;
            if (next > 0) length.Record(next, 0);
        }

        Assert.InRange(drafted, 1, 250);
    }

    private static int[] Naive(List<int> tokens, int count)
    {
        for (int n = 3; n >= 2; n--)
        {
            for (int at = tokens.Count - 1; at >= n; at--)
                if (tokens.GetRange(at - n, n).SequenceEqual(tokens[^n..])) return [.. Enumerable.Range(0, count).Select(i => tokens[at + i % (tokens.Count - at)])];
        }

        return [];
    }

    private static PromptLookup Filled(params int[] tokens)
    {
        PromptLookup lookup = new();
        foreach (int token in tokens) lookup.Append(new TokenId(token));
        return lookup;
    }

    private static int[] Proposed(PromptLookup lookup, int most)
    {
        TokenId[] room = new TokenId[most];
        int count = lookup.Propose(room);
        return [.. room.Take(count).Select(t => t.Value)];
    }
}
