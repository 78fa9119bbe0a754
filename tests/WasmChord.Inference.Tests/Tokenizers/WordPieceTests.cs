namespace WasmChord.Inference.Tests;

public sealed class WordPieceTests
{
    [Theory]
    [InlineData("unaffable", "un aff able")]
    [InlineData("Unaffable  un\table", "un aff able un able")]
    [InlineData("unx", "[UNK]")]
    [InlineData("un,able!", "un , able !")]
    [InlineData("un中able", "un 中 able")]
    [InlineData("Fübar ÀÉ", "fubar ae")]
    [InlineData("u\u0301n", "un")]
    [InlineData("un\u200b\0\ufffdaff", "un aff")]
    [InlineData("~un", "~ un")]
    [InlineData("각", "\u1100")]
    [InlineData("", "")]
    [InlineData("   ", "")]
    public async Task Words_AreCoveredByTheLongestTokens(string text, string expected)
    {
        Tokenizer tokenizer = await Vocabulary().CreateAsync();

        string[] names = [.. tokenizer.Encode(text, addSpecial: false).Select(t => tokenizer.GetName(t).TrimStart('▁'))];

        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), names);
    }

    [Fact]
    public async Task Texts_BeginAndEndAsBertsDo()
    {
        Tokenizer tokenizer = await Vocabulary().CreateAsync();

        Assert.Equal([1, 3, 2], tokenizer.Ids("un", addSpecial: true));
        Assert.Equal([1, 2], tokenizer.Ids("", addSpecial: true));
        Assert.Equal([1, 3, 4], tokenizer.Ids("[CLS] unaff", parseSpecial: true));
    }

    [Fact]
    public async Task Case_IsKeptWhereTheMetadataSaySo()
    {
        Tokenizer tokenizer = await Vocabulary().Set("tokenizer.ggml.normalizer.lowercase", false).CreateAsync();

        Assert.Equal([0], tokenizer.Ids("Un"));
        Assert.Equal([3], tokenizer.Ids("un"));
        Assert.Equal([0], tokenizer.Ids("ún"));
    }

    [Fact]
    public async Task Decode_CleansAndHides()
    {
        Tokenizer tokenizer = await Vocabulary().CreateAsync();

        Assert.Equal(" unaffable!", tokenizer.Decode(tokenizer.Encode("unaffable !")));
    }

    [Fact]
    public async Task Vocabulary_WithoutSeparator_IsRefused()
    {
        InferenceException e = await Assert.ThrowsAsync<InferenceException>(() => new TinyVocabulary("bert").Add("▁a").CreateAsync());

        Assert.Equal(InferenceError.InvalidMetadata, e.Error);
    }

    internal static TinyVocabulary Vocabulary() => new TinyVocabulary("bert").Add("[UNK]", type: TinyVocabulary.Control)
        .Add("[CLS]", type: TinyVocabulary.Control).Add("[SEP]", type: TinyVocabulary.Control)
        .Add("▁un").Add("aff").Add("able").Add("▁able").Add("▁,").Add("▁!").Add("▁中").Add("▁fubar").Add("▁ae").Add("▁~").Add("▁\u1100")
        .Set("tokenizer.ggml.unknown_token_id", 0u).Set("tokenizer.ggml.bos_token_id", 1u).Set("tokenizer.ggml.seperator_token_id", 2u);
}
