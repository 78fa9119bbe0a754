using System.Text;
using System.Text.Json;
using WasmChord.Gguf;
using WasmChord.TestData;

namespace WasmChord.Cli.Tests;

public sealed class TokenizeCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tokenize_Text_PrintsOneArray(bool json)
    {
        string path = await WriteVocabularyAsync();

        ToolRun run = await ToolRun.DoneAsync(["tokenize", path, "--text", "a b", .. json ? new[] { "--json" } : []]);

        Assert.Equal("[1,260,261]\n", run.Standard);
        Assert.Equal("", run.Error);
    }

    [Theory]
    [InlineData("[1,260,2,260]")]
    [InlineData("[260,2,260]", "--no-bos")]
    // The tag's four characters are byte tokens, whose ids are three more than their values; no prefix comes within a text.
    [InlineData("[1,260,63,50,118,65,100]", "--no-special")]
    public async Task Tokenize_SpecialTokens_AreAddedAndParsedUnlessToldOtherwise(string expected, params string[] options)
    {
        string path = await WriteVocabularyAsync();

        Assert.Equal(expected + "\n", (await ToolRun.DoneAsync(["tokenize", path, "--text", "a</s>a", .. options])).Standard);
    }

    [Fact]
    public async Task Tokenize_FileAndStandardInput_AreReadToTheLastByte()
    {
        string path = await WriteVocabularyAsync();
        byte[] text = [(byte)'a', (byte)'\n', 0xFF, (byte)'\n'];
        File.WriteAllBytes(_folder["t.txt"], text);

        ToolRun file = await ToolRun.DoneAsync("tokenize", path, "--file", _folder["t.txt"], "--no-bos");
        ToolRun input = await ToolRun.OfAsync(new ToolHooks(StandardInput: () => new MemoryStream(text)), ["tokenize", path, "--no-bos"]);

        Assert.Equal("[260,13,258,13]\n", file.Standard);
        Assert.Equal(file.Standard, input.Standard);
        Assert.Equal(0, input.ExitCode);
    }

    [Theory]
    [InlineData("260,261", "a b")]
    [InlineData("[1, 260, 261]", "a b")]
    [InlineData("  260\n261 , 2", "a b")]
    [InlineData("[]", "")]
    [InlineData("258", "\uFFFD")]
    public async Task Detokenize_Ids_PrintsTheTextAlone(string ids, string expected)
    {
        string path = await WriteVocabularyAsync();

        Assert.Equal(expected, (await ToolRun.DoneAsync("detokenize", path, "--ids", ids)).Standard);
        Assert.Equal(expected, (await ToolRun.DoneAsync("detokenize", path, "--ids", ids, "--json")).Json.GetProperty("text").GetString());
    }

    [Fact]
    public async Task Detokenize_Special_ShowsControlTokens()
    {
        string path = await WriteVocabularyAsync();

        Assert.Equal("<s> a</s>", (await ToolRun.DoneAsync("detokenize", path, "--ids", "1,260,2", "--special")).Standard);
    }

    [Fact]
    public async Task Detokenize_WhatTokenizePrinted_IsTheText()
    {
        string path = await WriteVocabularyAsync();
        const string text = " a  b \u00e9\u4e2d\n\U0001F600 .";
        File.WriteAllText(_folder["t.txt"], text, new UTF8Encoding(false));
        File.WriteAllText(_folder["ids.json"], (await ToolRun.DoneAsync("tokenize", path, "--file", _folder["t.txt"])).Standard);

        ToolRun file = await ToolRun.DoneAsync("detokenize", path, "--file", _folder["ids.json"]);
        ToolRun input = await ToolRun.OfAsync(new ToolHooks(StandardInput: () => File.OpenRead(_folder["ids.json"])), ["detokenize", path]);

        Assert.Equal(text, file.Standard);
        Assert.Equal(text, input.Standard);
    }

    [Theory]
    [InlineData("1,x", 2, "'x'")]
    [InlineData("1.5", 2, "'1.5'")]
    [InlineData("99999999999", 2, "'99999999999'")]
    [InlineData("1,5000", 1, "5000")]
    [InlineData("-1", 1, "-1")]
    public async Task Detokenize_WhatIsNoToken_IsRefused(string ids, int exitCode, string part)
    {
        string path = await WriteVocabularyAsync();

        (await ToolRun.OfAsync("detokenize", path, $"--ids={ids}")).AssertOneLineError(exitCode, part);
    }

    [Fact]
    public async Task Vocabulary_ThatCannotBeUsed_SaysWhy()
    {
        string path = await WriteVocabularyAsync("rwkv");

        (await ToolRun.OfAsync("tokenize", path, "--text", "a")).AssertOneLineError(1, "'rwkv'");
        Assert.Equal("unsupported_tokenizer", (await ToolRun.OfAsync("tokenize", path, "--text", "a", "--json")).ErrorJson.GetProperty("code").GetString());
        (await ToolRun.OfAsync("tokenize", await new TinyModel().WriteAsync(_folder["m.gguf"]), "--text", "a")).AssertOneLineError(1, "tokenizer.ggml.model");
    }

    [Fact]
    public async Task TextFile_ThatIsMissing_IsNamed()
    {
        string path = await WriteVocabularyAsync();

        (await ToolRun.OfAsync("tokenize", path, "--file", _folder["none.txt"])).AssertOneLineError(1, "none.txt");
    }

    [SkippableTheory]
    [InlineData("gpt-2")]
    [InlineData("llama-spm")]
    [InlineData("phi-3")]
    public async Task SharedVocabularies_EachCase_IsTheReferences(string name)
    {
        string path = SharedTestData.Require($"vocab/ggml-vocab-{name}.gguf");
        string[] texts = File.ReadAllText(path + ".inp").Split("\n__ggml_vocab_test__\n")[..^1];
        string[] lines = File.ReadAllLines(path + ".out");
        for (int i = 0; i < texts.Length; i += 5)
        {
            File.WriteAllText(_folder["t.txt"], texts[i], new UTF8Encoding(false));
            ToolRun run = await ToolRun.DoneAsync("tokenize", path, "--file", _folder["t.txt"], "--no-bos", "--no-special", "--json");
            Assert.Equal(lines[i].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse), JsonSerializer.Deserialize<int[]>(run.Standard));
            Assert.Equal(texts[i], (await ToolRun.DoneAsync("detokenize", path, "--ids", run.Standard)).Standard);
        }
    }

    /// <summary>A file of a vocabulary and no tensors: unknown, begin, end, bytes, and the tokens 259 to 261.</summary>
    private async Task<string> WriteVocabularyAsync(string model = "llama")
    {
        string[] tokens = ["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(b => $"<0x{b:X2}>"), "▁", "▁a", "▁b"];
        GgufWriter writer = new();
        writer.Metadata.Add("tokenizer.ggml.model", model);
        writer.Metadata.AddArray("tokenizer.ggml.tokens", tokens);
        writer.Metadata.AddArray("tokenizer.ggml.scores", new float[tokens.Length]);
        writer.Metadata.AddArray("tokenizer.ggml.token_type", tokens.Select((_, i) => i switch { 0 => 2, 1 or 2 => 3, < 259 => 6, _ => 1 }).ToArray());
        await writer.WriteAsync(_folder["v.gguf"]);
        return _folder["v.gguf"];
    }
}
