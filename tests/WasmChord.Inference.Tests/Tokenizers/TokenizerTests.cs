using System.Text;

namespace WasmChord.Inference.Tests;

public sealed class TokenizerTests
{
    [Theory]
    [InlineData("gpt-2")]
    [InlineData("llama-bpe")]
    [InlineData("qwen2")]
    [InlineData("deepseek-llm")]
    [InlineData("deepseek-v3")]
    [InlineData("tekken")]
    [InlineData("kimi-k2")]
    [InlineData("bloom")]
    public async Task RandomTexts_EncodedAndDecoded_AreThemselves(string pre)
    {
        Tokenizer tokenizer = await TinyVocabulary.BytePair(pre).Merge("t|h", "th|e", " |the", "a|a", "aa|aa", "\n|\n", " | ").CreateAsync();
        Random random = new(1);
        for (int i = 0; i < 2500; i++)
        {
            string text = TokenizerText.Random(random);
            TokenId[] tokens = tokenizer.Encode(text, addSpecial: false);
            Assert.Equal(text, Encoding.UTF8.GetString(tokenizer.DecodeBytes(tokens)));
        }
    }

    [Fact]
    public async Task RandomTexts_OfSentencePiece_AreThemselves()
    {
        Tokenizer tokenizer = await TinyVocabulary.SentencePiece().Add("▁").Add("a").Add("▁a", -1).Add("▁▁", -2).Add("the", -3).Add("\u4e2d").CreateAsync();
        Random random = new(2);
        for (int i = 0; i < 10_000; i++)
        {
            string text = TokenizerText.Random(random);
            // The mark that stands for a space cannot come back as itself.
            string expected = text.Replace('▁', ' ');
            Assert.Equal(expected, tokenizer.Decode(tokenizer.Encode(text, addSpecial: false)));
        }
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("gpt2")]
    [InlineData("bert")]
    public async Task RandomBytes_OfAnyKind_AreEncoded(string model)
    {
        TinyVocabulary vocabulary = model switch
        {
            "llama" => TinyVocabulary.SentencePiece().Add("▁").Add("▁a"),
            "gpt2" => TinyVocabulary.BytePair("deepseek-v3").Merge("a|a"),
            _ => WordPieceTests.Vocabulary(),
        };
        Tokenizer tokenizer = await vocabulary.CreateAsync();
        Random random = new(3);
        for (int i = 0; i < 10_000; i++)
        {
            byte[] text = TokenizerText.RandomBytes(random);
            TokenId[] tokens = tokenizer.Encode(text, random.Next(2) == 0, random.Next(2) == 0);
            Assert.All(tokens, t => Assert.InRange(t.Value, 0, tokenizer.VocabularySize - 1));
            tokenizer.Decode(tokens, renderSpecial: random.Next(2) == 0);
        }
    }

    [Fact]
    public async Task LoneSurrogates_AreReplaced()
    {
        Tokenizer tokenizer = await TinyVocabulary.BytePair("gpt-2").CreateAsync();

        Assert.Equal("a\uFFFDb", tokenizer.Decode(tokenizer.Encode("a\uD800b", addSpecial: false)));
        Assert.Equal("\uFFFD\uFFFD", tokenizer.Decode(tokenizer.Encode("\uDC00\uD800", addSpecial: false)));
    }

    [Fact]
    public async Task Decode_SpecialTokens_AreShownWhenAskedFor()
    {
        Tokenizer tokenizer = await TinyVocabulary.SentencePiece().Add("▁a").Add("<u>", type: TinyVocabulary.UserDefined).Add("gone", type: TinyVocabulary.Unused).CreateAsync();
        int a = 259, user = 260, unused = 261;

        Assert.Equal("a a", tokenizer.Text(a, a));
        Assert.Equal(" a", tokenizer.Text(1, a));
        Assert.Equal("<s> a<unk></s>", tokenizer.Decode(TokenizerText.Tokens(1, a, 0, 2), renderSpecial: true));
        Assert.Equal("<u> a", tokenizer.Text(user, unused, a));
        Assert.Equal(" a a", Encoding.UTF8.GetString(tokenizer.DecodeBytes(TokenizerText.Tokens(a, a))));
        Assert.Equal("a a", Encoding.UTF8.GetString(tokenizer.DecodeBytes(TokenizerText.Tokens(a, a), stripPrefix: true)));
        Assert.Equal("", tokenizer.Text());
    }

    [Theory]
    [InlineData("a , b . c ? d ! e", "a, b. c? d! e")]
    [InlineData(" ?", "?")]
    [InlineData("a ' b", "a'b")]
    [InlineData("he 's I 'm we 're I 've you 'll can 't I 'd", "he's I'm we're I've you 'll can 't I 'd")]
    [InlineData(" ' ' '", "'' '")]
    [InlineData("a  . b", "a . b")]
    [InlineData("", "")]
    public async Task Decode_OfMostByteVocabularies_CleansSpaces(string text, string expected)
    {
        Tokenizer cleaning = await TinyVocabulary.BytePair("gpt-2").CreateAsync();
        Tokenizer keeping = await TinyVocabulary.BytePair("qwen2").CreateAsync();

        Assert.Equal(expected, cleaning.Decode(cleaning.Encode(text, addSpecial: false)));
        Assert.Equal(text, keeping.Decode(keeping.Encode(text, addSpecial: false)));
        Assert.Equal(text, Encoding.UTF8.GetString(cleaning.DecodeBytes(cleaning.Encode(text, addSpecial: false))));
    }

    [Fact]
    public async Task Piece_OutsideTheAlphabet_NamesItsCharacters()
    {
        Tokenizer tokenizer = await TinyVocabulary.BytePair("gpt-2").Add("a中").Add(new string('中', 400)).CreateAsync();

        Assert.Equal("a[UNK_BYTE_0xe4b8ada中]", tokenizer.Text(257));
        Assert.Equal(new string('中', 400), tokenizer.Text(258));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(257)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public async Task Token_OutsideTheVocabulary_IsRefused(int id)
    {
        Tokenizer tokenizer = await TinyVocabulary.BytePair("gpt-2").CreateAsync();
        TokenId token = new(id);

        foreach (Action use in new Action[] { () => tokenizer.PieceBytes(token), () => tokenizer.GetName(token), () => tokenizer.GetAttributes(token), () => tokenizer.Decode([token]) })
            Assert.Equal(InferenceError.InvalidToken, Assert.Throws<InferenceException>(use).Error);
        Assert.False(tokenizer.IsEndOfGeneration(token));
    }

    [Fact]
    public async Task Names_OfAllTokens_FindThem()
    {
        Tokenizer tokenizer = await TinyVocabulary.SentencePiece().Add("").Add("▁Hello").CreateAsync();

        for (int id = 0; id < tokenizer.VocabularySize; id++)
        {
            Assert.True(tokenizer.TryGetId(tokenizer.GetName(new TokenId(id)), out TokenId found));
            Assert.Equal(id, found.Value);
        }

        Assert.Equal("[EMPTY_259]", tokenizer.GetName(new TokenId(259)));
        Assert.False(tokenizer.TryGetId("nothing", out _));
        Assert.False(tokenizer.TryGetId(new string('x', 1000), out _));
        Assert.Equal(TokenAttributes.Control, tokenizer.GetAttributes(new TokenId(1)));
        Assert.Equal(TokenAttributes.Byte, tokenizer.GetAttributes(new TokenId(3)));
    }

    [Fact]
    public async Task Tokenizer_UsedByManyThreads_GivesEachTheSame()
    {
        Tokenizer tokenizer = await TinyVocabulary.BytePair("llama-bpe").Merge("a|b", "ab|ab", " |a").CreateAsync();
        Random random = new(4);
        string[] texts = [.. Enumerable.Range(0, 200).Select(_ => TokenizerText.Random(random) + "abab ab")];
        int[][] expected = [.. texts.Select(t => tokenizer.Ids(t))];

        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            for (int i = 0; i < texts.Length; i++) Assert.Equal(expected[i], tokenizer.Ids(texts[i]));
        });
    }

    [Fact]
    public async Task ApproximateBytes_GrowByLittleMoreThanTexts()
    {
        TinyVocabulary vocabulary = TinyVocabulary.BytePair("gpt-2");
        long empty = (await vocabulary.CreateAsync()).ApproximateBytes;
        for (int i = 0; i < 20_000; i++) vocabulary.Add($"word{i:D4}");

        long full = (await vocabulary.CreateAsync()).ApproximateBytes;

        // Two texts of 8 or 9 bytes, two offsets, an attribute, and 1.5 to 3 slots of the index.
        Assert.InRange((full - empty) / 20_000.0, 2 * 8 + 8 + 1 + 6, 2 * 9 + 8 + 1 + 12);
    }

    [Fact]
    public async Task Cancelled_BeforeItIsMade_IsNotMade()
    {
        using Gguf.GgufModel model = await TinyVocabulary.SentencePiece().OpenAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Tokenizer.CreateAsync(model, new CancellationToken(true)));
    }
}
