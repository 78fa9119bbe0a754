using System.Text;
using System.Text.Json;
using WasmChord.Gguf;
using WasmChord.TestData;

namespace WasmChord.Inference.Tests;

/// <summary>Ids and texts of llama.cpp.</summary>
public sealed class ReferenceVectorTests
{
    private const string Separator = "\n__ggml_vocab_test__\n";

    [SkippableTheory]
    [InlineData("gpt-2")]
    [InlineData("llama-spm")]
    [InlineData("phi-3")]
    public async Task Vectors_OfSharedVocabularies_AreExact(string name)
    {
        string path = SharedTestData.Require($"vocab/ggml-vocab-{name}.gguf");
        // A separator ends the last text too.
        string[] texts = File.ReadAllText(path + ".inp").Split(Separator)[..^1];
        string[] lines = File.ReadAllText(path + ".out").Split('\n')[..^1];
        Tokenizer tokenizer = await CreateAsync(path);

        Assert.Equal(lines.Length, texts.Length);
        Assert.Equal(46, lines.Length);
        for (int i = 0; i < texts.Length; i++)
            Assert.Equal(lines[i].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse), tokenizer.Ids(texts[i]));
    }

    [SkippableFact]
    public async Task Strings_OfTheStoryModel_AreExact()
    {
        Tokenizer tokenizer = await CreateAsync(SharedTestData.Require("models/stories260K.gguf"));
        using JsonDocument cases = JsonDocument.Parse(File.ReadAllText(SharedTestData.Require("reference/stories260K.tokens.json")));

        foreach (JsonElement item in cases.RootElement.EnumerateArray())
        {
            string text = item.GetProperty("text").GetString()!;
            TokenId[] tokens = tokenizer.Encode(text, addSpecial: false);
            Assert.Equal(Ids(item, "ids"), tokens.Select(t => t.Value));
            Assert.Equal(Ids(item, "ids_add_special"), tokenizer.Ids(text, addSpecial: true));
            Assert.Equal(item.GetProperty("pieces_joined").GetString(), Encoding.UTF8.GetString(tokenizer.DecodeBytes(tokens)));
            // The mark that stands for a space cannot come back as itself.
            Assert.Equal(text.Replace('▁', ' '), tokenizer.Decode(tokens));
        }
    }

    [SkippableTheory]
    [InlineData("stories260K.p1")]
    [InlineData("stories260K.p2")]
    [InlineData("stories260K.p3")]
    [InlineData("llama-2-tiny-random.p1")]
    [InlineData("gridcore-tied-random.p1")]
    public async Task Prompts_OfReferenceRuns_AreExact(string name)
    {
        using JsonDocument run = JsonDocument.Parse(File.ReadAllText(SharedTestData.Require($"reference/{name}.greedy.json")));
        JsonElement root = run.RootElement;
        Tokenizer tokenizer = await CreateAsync(SharedTestData.Require($"models/{root.GetProperty("model").GetString()}"));

        Assert.Equal(Ids(root, "prompt_ids"), tokenizer.Ids(root.GetProperty("prompt").GetString()!, addSpecial: true));

        Utf8TextStream stream = new();
        StringBuilder text = new();
        foreach (int id in Ids(root, "greedy_ids")) text.Append(stream.Push(tokenizer.PieceBytes(new TokenId(id))));
        Assert.Equal(root.GetProperty("greedy_text").GetString(), text.ToString());
    }

    [SkippableTheory]
    [InlineData("gpt-2")]
    [InlineData("llama-spm")]
    [InlineData("phi-3")]
    public async Task RandomTexts_OfSharedVocabularies_AreThemselves(string name)
    {
        Tokenizer tokenizer = await CreateAsync(SharedTestData.Require($"vocab/ggml-vocab-{name}.gguf"));
        Random random = new(6);
        for (int i = 0; i < 10_000; i++)
        {
            string text = TokenizerText.Random(random);
            // SentencePiece cannot tell its mark from a space; an added token of Phi-3 swallows the space after it.
            if (tokenizer.Kind == TokenizerKind.SentencePiece) text = text.Replace('▁', ' ').Replace("</s>", "</ s>", StringComparison.Ordinal);
            Assert.Equal(text, Encoding.UTF8.GetString(tokenizer.DecodeBytes(tokenizer.Encode(text, addSpecial: false), stripPrefix: true)));
        }
    }

    [SkippableFact]
    public async Task EndsOfGeneration_OfPhi3_AreItsEnds()
    {
        Tokenizer tokenizer = await CreateAsync(SharedTestData.Require("vocab/ggml-vocab-phi-3.gguf"));

        Assert.Equal(["<|endoftext|>", "<|end|>"], tokenizer.EndOfGeneration.Select(tokenizer.GetName));
        Assert.Equal("<|end|>", tokenizer.GetName(tokenizer.Special.EndOfTurn!.Value));
        Assert.Equal([1, 32010, 15043, 32007, 32001], tokenizer.Ids("<|user|> Hello<|end|>\n<|assistant|>", addSpecial: true, parseSpecial: true));
    }

    private static async Task<Tokenizer> CreateAsync(string path)
    {
        using GgufModel model = await GgufModel.OpenAsync(path);
        return await Tokenizer.CreateAsync(model);
    }

    private static int[] Ids(JsonElement element, string property) => [.. element.GetProperty(property).EnumerateArray().Select(id => id.GetInt32())];
}
