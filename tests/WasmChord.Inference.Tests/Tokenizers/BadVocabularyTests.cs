using WasmChord.Gguf;

namespace WasmChord.Inference.Tests;

public sealed class BadVocabularyTests
{
    [Theory]
    [InlineData("tokenizer.ggml.tokens", InferenceError.MissingMetadata)]
    [InlineData("tokenizer.ggml.merges", InferenceError.MissingMetadata)]
    public async Task Key_ThatIsNeededAndAbsent_IsNamed(string key, InferenceError error)
    {
        await AssertRefusedAsync(TinyVocabulary.BytePair("gpt-2").Set(key, new TinyVocabulary.Absent()), error, key);
    }

    public static TheoryData<string, object> WrongValues() => new()
    {
        { "tokenizer.ggml.tokens", "text" },
        { "tokenizer.ggml.tokens", new int[] { 1, 2 } },
        { "tokenizer.ggml.tokens", Array.Empty<string>() },
        { "tokenizer.ggml.token_type", new int[] { 1 } },
        { "tokenizer.ggml.token_type", new string[300] },
        { "tokenizer.ggml.token_type", new float[300] },
        { "tokenizer.ggml.token_type", 3u },
        { "tokenizer.ggml.merges", new int[] { 1 } },
        { "tokenizer.ggml.merges", true },
        { "tokenizer.ggml.pre", 7u },
        { "tokenizer.ggml.bos_token_id", "one" },
        { "tokenizer.ggml.add_bos_token", 1u },
        { "tokenizer.ggml.add_space_prefix", "yes" },
    };

    [Theory]
    [MemberData(nameof(WrongValues))]
    public async Task Value_OfTheWrongKind_IsRefused(string key, object value)
    {
        if (value is string[] texts) Array.Fill(texts, "x");
        TinyVocabulary vocabulary = key == "tokenizer.ggml.pre" ? TinyVocabulary.BytePair(null) : TinyVocabulary.BytePair("gpt-2");

        await AssertRefusedAsync(vocabulary.Set(key, value), InferenceError.InvalidMetadata, key);
    }

    [Fact]
    public async Task Scores_FewerThanTokens_AreRefused()
    {
        await AssertRefusedAsync(TinyVocabulary.SentencePiece().Set("tokenizer.ggml.scores", new float[7]), InferenceError.InvalidMetadata, "7 elements for 259");
    }

    [Fact]
    public async Task Texts_ThatAreEqual_AreRefused()
    {
        await AssertRefusedAsync(TinyVocabulary.SentencePiece().Add("same").Add("same"), InferenceError.InvalidMetadata, "259 and 260");
    }

    [Theory]
    [InlineData("rwkv")]
    [InlineData("plamo2")]
    [InlineData("t5")]
    [InlineData("none")]
    [InlineData("")]
    public async Task Model_ThatIsNotSupported_IsRefusedByName(string model)
    {
        await AssertRefusedAsync(new TinyVocabulary(model).Add("a"), InferenceError.UnsupportedTokenizer, $"'{model}'");
    }

    [Fact]
    public async Task Begin_ThatIsWantedAndAbsent_IsRefused()
    {
        TinyVocabulary vocabulary = TinyVocabulary.BytePair("chatglm-bpe").Set("tokenizer.ggml.bos_token_id", 99_999u).Set("tokenizer.ggml.add_bos_token", true);

        await AssertRefusedAsync(vocabulary, InferenceError.InvalidMetadata, "add_bos_token");
    }

    [Fact]
    public async Task Ids_BeyondTheVocabulary_CountAsNotStated()
    {
        Tokenizer tokenizer = await TinyVocabulary.SentencePiece().Set("tokenizer.ggml.eos_token_id", 5_000_000u).Set("tokenizer.ggml.padding_token_id", -1).CreateAsync();

        Assert.Equal(new TokenId(2), tokenizer.Special.EndOfSequence);
        Assert.Null(tokenizer.Special.Padding);
    }

    [Fact]
    public async Task Types_AndScores_MayBeAbsent()
    {
        Tokenizer tokenizer = await TinyVocabulary.SentencePiece().Add("ab").Add("▁").Set("tokenizer.ggml.token_type", new TinyVocabulary.Absent())
            .Set("tokenizer.ggml.scores", new TinyVocabulary.Absent()).CreateAsync();

        Assert.Equal([260, 259], tokenizer.Ids("ab"));
        Assert.Equal(TokenAttributes.Normal, tokenizer.GetAttributes(new TokenId(0)));
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("gpt2")]
    [InlineData("bert")]
    public async Task Files_WithRandomBytesChanged_AreMadeOrRefused(string model)
    {
        byte[] whole = await (model switch
        {
            "llama" => TinyVocabulary.SentencePiece().Add("▁").Add("▁a").Set("tokenizer.ggml.add_space_prefix", true),
            "gpt2" => TinyVocabulary.BytePair("llama-bpe").Merge("a|b", "ab|c"),
            _ => WordPieceTests.Vocabulary(),
        }).WriteAsync();
        Random random = new(8);
        int made = 0, refused = 0;
        for (int round = 0; round < 1500; round++)
        {
            byte[] bytes = [.. whole];
            for (int i = random.Next(1, 4); i > 0; i--) bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)0xFF : (byte)random.Next(256);
            try
            {
                using GgufModel gguf = await TinyVocabulary.OpenAsync(bytes);
                Tokenizer tokenizer = await Tokenizer.CreateAsync(gguf);
                tokenizer.Decode(tokenizer.Encode("abc </s> <|endoftext|> 123", parseSpecial: true), renderSpecial: true);
                made++;
            }
            catch (Exception e) when (e is InferenceException or GgufFormatException)
            {
                Assert.NotEmpty(e.Message);
                refused++;
            }
        }

        Assert.True(made > 100 && refused > 100, $"{made} made, {refused} refused");
    }

    private static async Task AssertRefusedAsync(TinyVocabulary vocabulary, InferenceError error, string part)
    {
        InferenceException e = await Assert.ThrowsAsync<InferenceException>(vocabulary.CreateAsync);
        Assert.Equal(error, e.Error);
        Assert.Contains(part, e.Message);
    }
}
