namespace WasmChord.Inference.Tests;

public sealed class SpecialTokenTests
{
    [Fact]
    public async Task ControlTokens_AreFoundOnlyWhenAskedFor()
    {
        Tokenizer tokenizer = await Words().Add("<|x|>", type: TinyVocabulary.Control).CreateAsync();

        Assert.Equal(["a", "<|x|>", "b"], Names(tokenizer, "a<|x|>b", parse: true));
        Assert.Equal(["a", "<", "|", "x", "|", ">", "b"], Names(tokenizer, "a<|x|>b", parse: false));
    }

    [Fact]
    public async Task UserDefinedTokens_AreFoundAlways()
    {
        Tokenizer tokenizer = await Words().Add("  ", type: TinyVocabulary.UserDefined).Add("ab", type: TinyVocabulary.UserDefined).CreateAsync();

        Assert.Equal(["x", "  ", "ab", "ab", "y"], Names(tokenizer, "x  ababy", parse: false));
    }

    [Fact]
    public async Task LongerNames_GoFirstInAllOfTheText()
    {
        Tokenizer tokenizer = await Words().Add("ab", type: TinyVocabulary.UserDefined).Add("bcd", type: TinyVocabulary.UserDefined)
            .Add("abcde", type: TinyVocabulary.Control).CreateAsync();

        Assert.Equal(["a", "bcd", "x", "ab"], Names(tokenizer, "abcdxab", parse: true));
        Assert.Equal(["abcde", "ab"], Names(tokenizer, "abcdeab", parse: true));
        Assert.Equal(["a", "bcd", "e", "ab"], Names(tokenizer, "abcdeab", parse: false));
    }

    [Fact]
    public async Task Occurrences_ThatOverlap_AreTakenFromTheLeft()
    {
        Tokenizer tokenizer = await Words().Add("aa", type: TinyVocabulary.UserDefined).CreateAsync();

        Assert.Equal(["aa", "aa", "a", "b", "aa"], Names(tokenizer, "aaaaabaa", parse: false));
    }

    [Fact]
    public async Task Text_OfSpecialTokensAlone_HasNoOthers()
    {
        Tokenizer tokenizer = await Words().Add("<|x|>", type: TinyVocabulary.Control).CreateAsync();

        Assert.Equal(Enumerable.Repeat("<|x|>", 1000), Names(tokenizer, string.Concat(Enumerable.Repeat("<|x|>", 1000)), parse: true));
    }

    [Fact]
    public async Task Phi3_SpecialTokens_TakeTheSpaceAfterThem()
    {
        Tokenizer tokenizer = await Words().Add("<|user|>", type: TinyVocabulary.UserDefined).Add("<s>", type: TinyVocabulary.Control)
            .Set("general.name", "Phi-3 mini").CreateAsync();

        Assert.Equal(["<|user|>", "a", "<|user|>"], Names(tokenizer, "<|user|> \n a<|user|>\t", parse: true));
        Assert.Equal(["<s>", "Ġ", "a"], Names(tokenizer, "<s> a", parse: true));
        Assert.True(tokenizer.GetAttributes(new TokenId(tokenizer.TryGetId("<|user|>", out TokenId id) ? id.Value : -1)).HasFlag(TokenAttributes.StripsRight));
    }

    [Fact]
    public async Task Jina_Mask_TakesTheSpaceBeforeIt()
    {
        Tokenizer tokenizer = await TinyVocabulary.BytePair("jina-v2-code").Add("<mask>", type: TinyVocabulary.Control).CreateAsync();

        Assert.Equal(["a", "<mask>", "Ġ", "b"], Names(tokenizer, "a  <mask> b", parse: true));
        Assert.Equal(["<mask>"], Names(tokenizer, "  <mask>", parse: true));
    }

    [Theory]
    [InlineData("<|im_end|>")]
    [InlineData("<|eot_id|>")]
    [InlineData("<end_of_turn>")]
    [InlineData("<|end|>")]
    [InlineData("[EOT]")]
    [InlineData("<\uFF5Cend\u2581of\u2581sentence\uFF5C>")]
    public async Task EndOfTurn_KnownByName_EndsGenerationsAndIsControl(string name)
    {
        Tokenizer tokenizer = await Words().Add(name).CreateAsync();

        Assert.Equal(name, tokenizer.GetName(tokenizer.Special.EndOfTurn!.Value));
        Assert.True(tokenizer.IsEndOfGeneration(tokenizer.Special.EndOfTurn.Value));
        Assert.True(tokenizer.GetAttributes(tokenizer.Special.EndOfTurn.Value).HasFlag(TokenAttributes.Control));
        Assert.Equal("a", tokenizer.Decode([new TokenId('a'), tokenizer.Special.EndOfTurn.Value]));
        Assert.True(tokenizer.IsEndOfGeneration(new TokenId(256)));
        Assert.False(tokenizer.IsEndOfGeneration(new TokenId('a')));
        Assert.Equal([256, 257], tokenizer.EndOfGeneration.Select(t => t.Value));
    }

    [Fact]
    public async Task EndOfTurn_ThatMetadataName_IsThatOne()
    {
        Tokenizer tokenizer = await Words().Add("<|im_end|>").Add("<bye>", type: TinyVocabulary.Control).Set("tokenizer.ggml.eot_token_id", 258u).CreateAsync();

        Assert.Equal(new TokenId(258), tokenizer.Special.EndOfTurn);
        Assert.Equal([256, 257, 258], tokenizer.EndOfGeneration.Select(t => t.Value));
    }

    [Fact]
    public async Task TagOfHtml_ThatIsText_EndsNothing()
    {
        Tokenizer text = await Words().Add("</s>").CreateAsync();
        Tokenizer control = await Words().Add("</s>", type: TinyVocabulary.Control).CreateAsync();

        Assert.False(text.IsEndOfGeneration(new TokenId(257)));
        Assert.True(control.IsEndOfGeneration(new TokenId(257)));
    }

    [Fact]
    public async Task Harmony_EndOfAMessage_EndsNoGeneration()
    {
        Tokenizer tokenizer = await Words().Add("<|return|>").Add("<|call|>").Add("<|end|>").Add("<|channel|>", type: TinyVocabulary.Control).CreateAsync();

        Assert.Equal([256, 257, 258], tokenizer.EndOfGeneration.Select(t => t.Value));
        Assert.Equal("<|end|><|channel|>", tokenizer.Text(259, 260));
    }

    [Fact]
    public async Task FillTokens_KnownByName_AreFound()
    {
        Tokenizer tokenizer = await Words().Add("<|fim_prefix|>").Add("<|fim_suffix|>").Add("<|fim_middle|>").Add("<|fim_pad|>").Add("<|repo_name|>").Add("<|file_sep|>").CreateAsync();

        SpecialTokens s = tokenizer.Special;
        Assert.Equal([257, 258, 259, 260, 261, 262],
            new[] { s.FillPrefix, s.FillSuffix, s.FillMiddle, s.FillPadding, s.FillRepository, s.FillSeparator }.Select(t => t!.Value.Value));
        Assert.Equal([256, 260, 261, 262], tokenizer.EndOfGeneration.Select(t => t.Value));
    }

    private static TinyVocabulary Words() => TinyVocabulary.BytePair("gpt-2");

    private static string[] Names(Tokenizer tokenizer, string text, bool parse) => [.. tokenizer.Encode(text, false, parse).Select(tokenizer.GetName)];
}
