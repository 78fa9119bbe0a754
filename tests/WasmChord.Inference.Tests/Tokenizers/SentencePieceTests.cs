using System.Text;

namespace WasmChord.Inference.Tests;

public sealed class SentencePieceTests
{
    [Fact]
    public async Task Merging_BetterScores_GoFirst()
    {
        Tokenizer tokenizer = await WithoutPrefix().Add("a").Add("b").Add("c").Add("ab", -2).Add("bc", -1).CreateAsync();

        Assert.Equal(["a", "bc"], Names(tokenizer, "abc"));
    }

    [Fact]
    public async Task Merging_EqualScores_LeftmostGoesFirst()
    {
        Tokenizer tokenizer = await WithoutPrefix().Add("a").Add("aa", -1).CreateAsync();

        Assert.Equal(["aa", "aa", "a"], Names(tokenizer, "aaaaa"));
    }

    [Fact]
    public async Task Merging_NaN_ComesLast()
    {
        Tokenizer tokenizer = await WithoutPrefix().Add("a").Add("b").Add("c").Add("ab", float.NaN).Add("bc", -1e30f).CreateAsync();

        Assert.Equal(["a", "bc"], Names(tokenizer, "abc"));
    }

    [Fact]
    public async Task Character_WithoutToken_IsItsBytes()
    {
        Tokenizer tokenizer = await WithoutPrefix().Add("a").CreateAsync();

        Assert.Equal(["a", "<0xC3>", "<0xA9>", "a"], Names(tokenizer, "aéa"));
        Assert.Equal("aéa", tokenizer.Text(tokenizer.Ids("aéa")));
    }

    [Fact]
    public async Task Byte_WithoutToken_IsUnknown()
    {
        Tokenizer tokenizer = await new TinyVocabulary("llama").Add("<unk>", type: TinyVocabulary.Unknown).Add("<s>", type: TinyVocabulary.Control)
            .Add("</s>", type: TinyVocabulary.Control).Add("x").Set("tokenizer.ggml.add_space_prefix", false).CreateAsync();

        Assert.Equal([3, 0, 3], tokenizer.Ids("xyx"));
    }

    [Fact]
    public async Task SpacePrefix_IsAddedAtTheStartAndAfterSpecialTokens()
    {
        Tokenizer tokenizer = await TinyVocabulary.SentencePiece().Add("a").Add("▁").Add("▁a", -1).CreateAsync();

        Assert.Equal(["▁a"], Names(tokenizer, "a"));
        Assert.Equal(["<s>", "▁a", "</s>", "▁a", "▁a"], Names(tokenizer, "a</s>a a", addSpecial: true, parseSpecial: true));
        Assert.Empty(tokenizer.Ids(""));
        Assert.Equal([1], tokenizer.Ids("", addSpecial: true));
    }

    [Theory]
    [InlineData(false, false, "a")]
    [InlineData(true, false, "<s> a")]
    [InlineData(false, true, "a </s>")]
    [InlineData(true, true, "<s> a </s>")]
    public async Task BeginAndEnd_AreAddedAsMetadataSay(bool begin, bool end, string expected)
    {
        Tokenizer tokenizer = await WithoutPrefix().Add("a").Set("tokenizer.ggml.add_bos_token", begin).Set("tokenizer.ggml.add_eos_token", end).CreateAsync();

        Assert.Equal(expected, string.Join(' ', Names(tokenizer, "a", addSpecial: true)));
        Assert.Equal(["a"], Names(tokenizer, "a"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Merging_RandomVocabularies_AgreesWithTheDefinition(bool acrossSpaces)
    {
        Random random = new(3);
        for (int round = 0; round < 40; round++)
        {
            Dictionary<string, float> tokens = RandomTokens(random, acrossSpaces);
            TinyVocabulary vocabulary = TinyVocabulary.SentencePiece();
            foreach ((string text, float score) in tokens) vocabulary.Add(text, score);
            Tokenizer tokenizer = await vocabulary.CreateAsync();
            for (int i = 0; i < 25; i++)
            {
                string text = new([.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => " abc"[random.Next(4)])]);
                Assert.Equal(Naive(tokens, "▁" + text.Replace(' ', '▁')), Names(tokenizer, text));
            }
        }
    }

    [Fact]
    public async Task BrokenUtf8_KeepsItsBytes()
    {
        Tokenizer tokenizer = await TinyVocabulary.SentencePiece().Add("▁").Add("a").Add("▁a").CreateAsync();
        byte[] text = [(byte)'a', 0xE2, (byte)' ', (byte)'a', 0xFF, 0x81, 0xF0];

        // The byte before the space announces three bytes and takes two of the mark that stands for the space.
        Assert.Equal(text.Length, tokenizer.DecodeBytes(tokenizer.Encode(text, addSpecial: false), stripPrefix: true).Length - 2);
        Assert.Equal(["▁a", "<0xE2>", "<0xE2>", "<0x96>", "<0x81>", "a", "<0xFF>", "<0x81>", "<0xF0>"], Names(tokenizer, text));
    }

    [Fact]
    public async Task MillionCharacters_OfOneWord_MergeAsShortOnesDo()
    {
        TinyVocabulary vocabulary = WithoutPrefix().Add("a");
        for (int length = 2; length <= 64; length *= 2) vocabulary.Add(new string('a', length), length);
        Tokenizer tokenizer = await vocabulary.CreateAsync();
        const int count = (1 << 20) + 5;

        string[] names = Names(tokenizer, new string('a', count));

        Assert.Equal(count / 64 + 2, names.Length);
        Assert.Equal(["aaaa", "a"], names[^2..]);
        Assert.All(names[..^2], name => Assert.Equal(64, name.Length));
    }

    private static TinyVocabulary WithoutPrefix() => TinyVocabulary.SentencePiece().Set("tokenizer.ggml.add_space_prefix", false);

    private static string[] Names(Tokenizer tokenizer, string text, bool addSpecial = false, bool parseSpecial = false) =>
        [.. tokenizer.Encode(text, addSpecial, parseSpecial).Select(tokenizer.GetName)];

    private static string[] Names(Tokenizer tokenizer, byte[] text) => [.. tokenizer.Encode(text, addSpecial: false).Select(tokenizer.GetName)];

    private static Dictionary<string, float> RandomTokens(Random random, bool acrossSpaces)
    {
        Dictionary<string, float> tokens = new() { ["▁"] = 0, ["a"] = 0, ["b"] = 0 };
        for (int i = 0; i < 30; i++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(2, 6)).Select(_ => "abc▁"[random.Next(4)])]);
            if (acrossSpaces || text.TrimStart('▁').IndexOf('▁') < 0) tokens[text] = -random.Next(8);
        }

        return tokens;
    }

    /// <summary>The definition, word for word: of all pairs the best joins, the leftmost of equals.</summary>
    private static string[] Naive(Dictionary<string, float> tokens, string text)
    {
        List<string> parts = [.. text.Select(c => $"{c}")];
        while (true)
        {
            int best = -1;
            for (int i = 0; i + 1 < parts.Count; i++)
            {
                if (!tokens.TryGetValue(parts[i] + parts[i + 1], out float score)) continue;
                if (best < 0 || score > tokens[parts[best] + parts[best + 1]]) best = i;
            }

            if (best < 0) break;
            parts[best] += parts[best + 1];
            parts.RemoveAt(best + 1);
        }

        return [.. parts.SelectMany(p => tokens.ContainsKey(p) ? [p] : Encoding.UTF8.GetBytes(p).Select(b => $"<0x{b:X2}>"))];
    }
}
