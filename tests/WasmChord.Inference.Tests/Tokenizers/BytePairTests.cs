namespace WasmChord.Inference.Tests;

public sealed class BytePairTests
{
    [Fact]
    public async Task Merging_EarlierMerges_GoFirst()
    {
        Tokenizer tokenizer = await TinyVocabulary.BytePair("gpt-2").Merge("b|c", "a|b").CreateAsync();

        Assert.Equal(["a", "bc"], Names(tokenizer, "abc"));
    }

    [Fact]
    public async Task Merging_OfEqualMerges_TheFirstCounts()
    {
        Tokenizer tokenizer = await TinyVocabulary.BytePair("gpt-2").Merge("a|b", "b|c", "a|b").CreateAsync();

        Assert.Equal(["ab", "c"], Names(tokenizer, "abc"));
    }

    [Fact]
    public async Task Merging_StaysInsideWords()
    {
        Tokenizer tokenizer = await TinyVocabulary.BytePair("gpt-2").Merge("a|1", " |a", "a| ").CreateAsync();

        Assert.Equal(["Ġa", "1", "Ġ", "1"], Names(tokenizer, " a1 1"));
    }

    [Fact]
    public async Task WholeWord_ThatIsAToken_IsReachedOnlyByMerges()
    {
        Tokenizer tokenizer = await TinyVocabulary.BytePair("gpt-2").Add("abc").Merge("a|b").CreateAsync();

        Assert.Equal(["ab", "c"], Names(tokenizer, "abc"));
    }

    [Theory]
    [InlineData("llama-bpe")]
    [InlineData("tekken")]
    public async Task WholeWord_ThatIsAToken_IsItWhereMergesAreIgnored(string pre)
    {
        Tokenizer tokenizer = await TinyVocabulary.BytePair(pre).Add("abc").Add("Ġé").Add(TinyVocabulary.Encoded(" éa")).Merge("a|b").CreateAsync();

        Assert.Equal(["abc"], Names(tokenizer, "abc"));
        Assert.Equal([TinyVocabulary.Encoded(" éa")], Names(tokenizer, " éa"));
        Assert.Equal(["ab", "ab"], Names(tokenizer, "abab"));
    }

    [Fact]
    public async Task MergeResult_WithoutToken_FallsBackToBytes()
    {
        // "ab" is no token, yet it can merge on to "abc", which is one.
        Tokenizer tokenizer = await TinyVocabulary.BytePair("gpt-2").Add("abc").RawMerge("a b", "ab c", "Ġ a").CreateAsync();

        Assert.Equal(["abc"], Names(tokenizer, "abc"));
        Assert.Equal(["a", "b", "d"], Names(tokenizer, "abd"));
        // The byte of the space has a character of two bytes, which the reference looks up one by one in vain.
        Assert.Equal(["a"], Names(tokenizer, " a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("ab")]
    [InlineData(" ")]
    public async Task Merge_ThatIsNone_IsPassedOver(string merge)
    {
        Tokenizer tokenizer = await TinyVocabulary.BytePair("gpt-2").RawMerge(merge, "a ").Merge("a|b").CreateAsync();

        Assert.Equal(["ab"], Names(tokenizer, "ab"));
    }

    [Fact]
    public async Task Merging_RandomVocabularies_AgreesWithTheDefinition()
    {
        Random random = new(5);
        for (int round = 0; round < 40; round++)
        {
            List<(string, string)> merges = RandomMerges(random);
            Tokenizer tokenizer = await TinyVocabulary.BytePair("gpt-2").Merge([.. merges.Select(m => $"{m.Item1}|{m.Item2}")]).CreateAsync();
            for (int i = 0; i < 25; i++)
            {
                string text = new([.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => "abc"[random.Next(3)])]);
                Assert.Equal(Naive(merges, text), Names(tokenizer, text));
            }
        }
    }

    [Theory]
    [InlineData(new byte[] { 0xFF }, "\uFFFD")]
    [InlineData(new byte[] { 0xE2, 0x82 }, "\uFFFD\uFFFD")]
    [InlineData(new byte[] { (byte)'a', 0xC3, (byte)'b' }, "a\uFFFDb")]
    [InlineData(new byte[] { 0xF8, 0x80, 0x80, 0x80 }, "\uFFFD\uFFFD\uFFFD\uFFFD")]
    public async Task BrokenUtf8_IsTheReplacementCharacter(byte[] text, string expected)
    {
        Tokenizer tokenizer = await TinyVocabulary.BytePair("gpt-2").CreateAsync();

        Assert.Equal(expected, tokenizer.Decode(tokenizer.Encode(text, addSpecial: false)));
    }

    [Fact]
    public async Task PlainText_MergesUtf8WithMarksForSpaces()
    {
        TinyVocabulary vocabulary = new TinyVocabulary("gemma4").Add("<pad>", type: TinyVocabulary.Control).Add("<eos>", type: TinyVocabulary.Control)
            .Add("<bos>", type: TinyVocabulary.Control).Add("▁").Add("h").Add("é").Add("hé").Add("▁hé").Add("\n").Add("\n\n").Add("<0xE4>", type: TinyVocabulary.Byte)
            .RawMerge("h é", "▁ hé").Set("tokenizer.ggml.bos_token_id", 2u).Set("tokenizer.ggml.eos_token_id", 1u);
        Tokenizer tokenizer = await vocabulary.CreateAsync();

        Assert.Equal(["<bos>", "hé", "▁hé", "\n\n", "▁hé"], tokenizer.Encode("hé hé\n\n hé").Select(tokenizer.GetName));
        // Of the bytes of a character without a token, those that have tokens remain.
        Assert.Equal(["<0xE4>"], Names(tokenizer, "中"));
        Assert.Equal("hé hé", tokenizer.Decode(tokenizer.Encode("hé hé")));
        Assert.True(tokenizer.IsEndOfGeneration(new TokenId(1)));
    }

    [Fact]
    public async Task MillionCharacters_OfOneWord_MergeAsShortOnesDo()
    {
        TinyVocabulary vocabulary = TinyVocabulary.BytePair("gpt-2");
        for (int length = 1; length < 64; length *= 2) vocabulary.Merge($"{new string('a', length)}|{new string('a', length)}");
        Tokenizer tokenizer = await vocabulary.CreateAsync();
        const int count = (1 << 20) + 5;
        long before = GC.GetAllocatedBytesForCurrentThread();

        TokenId[] tokens = tokenizer.Encode(new string('a', count), addSpecial: false);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 128L * count);
        Assert.Equal(count / 64 + 2, tokens.Length);
        Assert.All(tokens[..^2], t => Assert.Equal(64, tokenizer.PieceBytes(t).Length));
    }

    private static string[] Names(Tokenizer tokenizer, string text) => [.. tokenizer.Encode(text, addSpecial: false).Select(tokenizer.GetName)];

    private static List<(string, string)> RandomMerges(Random random)
    {
        List<string> known = ["a", "b", "c"];
        List<(string, string)> merges = [];
        for (int i = 0; i < 20; i++)
        {
            (string, string) merge = (known[random.Next(known.Count)], known[random.Next(known.Count)]);
            if (merges.Contains(merge)) continue;
            merges.Add(merge);
            known.Add(merge.Item1 + merge.Item2);
        }

        return merges;
    }

    /// <summary>The definition, word for word: of all pairs the earliest merge goes first, the leftmost of equals.</summary>
    private static string[] Naive(List<(string, string)> merges, string text)
    {
        List<string> parts = [.. text.Select(c => $"{c}")];
        while (true)
        {
            int best = -1, bestRank = int.MaxValue;
            for (int i = 0; i + 1 < parts.Count; i++)
            {
                int rank = merges.IndexOf((parts[i], parts[i + 1]));
                if (rank >= 0 && rank < bestRank) (best, bestRank) = (i, rank);
            }

            if (best < 0) return [.. parts];
            parts[best] += parts[best + 1];
            parts.RemoveAt(best + 1);
        }
    }
}
