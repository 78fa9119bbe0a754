namespace WasmChord.Cli.Tests;

public sealed class BadInputTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string, string> Files()
    {
        TheoryData<string, string, string> data = [];
        foreach (string command in new[] { "inspect", "stream", "dump", "verify", "quantize", "split", "merge", "tokenize", "detokenize" })
        {
            data.Add(command, "missing", "missing.gguf");
            data.Add(command, "directory", "is a directory");
            data.Add(command, "empty", "empty.gguf");
            data.Add(command, "text", "text.gguf");
            data.Add(command, "truncated", "truncated.gguf");
            data.Add(command, "header", "header.gguf");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Model_ThatIsNone_IsRefusedInOneLine(string command, string kind, string part)
    {
        string path = await MakeAsync(kind);
        string[] args = command switch
        {
            "dump" => ["dump", path, "output.weight", "--out", _folder["out"]],
            "quantize" => ["quantize", path, _folder["out"], "Q8_0"],
            "split" => ["split", path, _folder["out"]],
            "merge" => ["merge", path, _folder["out"]],
            "tokenize" => ["tokenize", path, "--text", "x"],
            "detokenize" => ["detokenize", path, "--ids", "1"],
            _ => [command, path],
        };
        string[] before = _folder.Names;

        (await ToolRun.OfAsync(args)).AssertOneLineError(1, part);

        Assert.Equal(before, _folder.Names);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Model_ThatIsNone_WithJson_IsAnObjectOnStandardError(string command, string kind, string part)
    {
        string path = await MakeAsync(kind);
        string[] args = command switch
        {
            "dump" => ["dump", path, "output.weight", "--out", _folder["out"]],
            "quantize" => ["quantize", path, _folder["out"], "Q8_0"],
            "split" => ["split", path, _folder["out"]],
            "merge" => ["merge", path, _folder["out"]],
            "tokenize" => ["tokenize", path, "--text", "x"],
            "detokenize" => ["detokenize", path, "--ids", "1"],
            _ => [command, path],
        };

        ToolRun run = await ToolRun.OfAsync([.. args, "--json"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("", run.Standard);
        Assert.Matches("^[a-z0-9_]+$", run.ErrorJson.GetProperty("code").GetString());
        Assert.Contains(part, run.ErrorJson.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Tensor_Unknown_IsNamed()
    {
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);

        (await ToolRun.OfAsync("dump", path, "blk.9.nothing", "--out", _folder["o"])).AssertOneLineError(1, "no tensor 'blk.9.nothing'");

        Assert.Equal(["a.gguf"], _folder.Names);
    }

    [Fact]
    public async Task TensorType_Unknown_IsRefused()
    {
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);
        // The type number lies behind the name, the number of dimensions and two extents of 8 bytes.
        byte[] bytes = File.ReadAllBytes(path);
        int at = bytes.AsSpan().IndexOf("token_embd.weight"u8) + "token_embd.weight".Length + 4 + 16;
        bytes[at] = 99;
        File.WriteAllBytes(path, bytes);

        (await ToolRun.OfAsync("inspect", path)).AssertOneLineError(1, "99");
        (await ToolRun.OfAsync("stream", path)).AssertOneLineError(1, "99");
    }

    [Theory]
    [InlineData("10KiB", "the smallest that would do")]
    [InlineData("4EiB", "--budget")]
    [InlineData("9000000TB", "node-budget")]
    public async Task Budget_Impossible_SaysWhatWouldDo(string budget, string part)
    {
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);

        (await ToolRun.OfAsync("stream", path, "--budget", budget)).AssertOneLineError(budget == "4EiB" ? 2 : 1, part);
    }

    [Theory]
    [InlineData("see wasmchord --help")]
    [InlineData("see wasmchord --help", "frobnicate")]
    [InlineData("see wasmchord inspect --help", "inspect")]
    [InlineData("see wasmchord stream --help", "stream", "a.gguf", "--format", "f64")]
    [InlineData("see wasmchord stream --help", "stream", "a.gguf", "--policy", "fifo")]
    [InlineData("see wasmchord stream --help", "stream", "a.gguf", "--passes", "0")]
    [InlineData("see wasmchord stream --help", "stream", "a.gguf", "--passes", "many")]
    [InlineData("see wasmchord stream --help", "stream", "a.gguf", "--requests", "100000")]
    [InlineData("see wasmchord stream --help", "stream", "a.gguf", "--budget", "much")]
    [InlineData("see wasmchord stream --help", "stream", "a.gguf", "--frob")]
    [InlineData("unknown option '--nope' (see wasmchord stream --help)", "stream", "--nope")]
    [InlineData("unknown option '-x' (see wasmchord inspect --help)", "inspect", "-x")]
    [InlineData("unknown option '--nope'", "verify", "--nope")]
    [InlineData("unknown option '--nope'", "dump", "a.gguf", "--nope", "--out", "o")]
    [InlineData("unknown option '--nope'", "quantize", "a.gguf", "--nope", "Q8_0")]
    [InlineData("unknown option '--nope'", "split", "--nope", "s")]
    [InlineData("unknown option '--nope'", "merge", "--nope", "o")]
    [InlineData("see wasmchord inspect --help", "inspect", "a.gguf", "--threshold", "3 apples")]
    [InlineData("see wasmchord dump --help", "dump", "a.gguf", "t")]
    [InlineData("exclude each other", "tokenize", "a.gguf", "--text", "x", "--file", "f")]
    [InlineData("exclude each other", "detokenize", "a.gguf", "--ids", "1", "--file", "f")]
    [InlineData("see wasmchord tokenize --help", "tokenize")]
    [InlineData("--max-tensors", "split", "a.gguf", "s", "--max-tensors", "0")]
    [InlineData("--max-size", "split", "a.gguf", "s", "--max-size", "0")]
    public async Task Usage_Wrong_EndsWithTwo(string part, params string[] args)
    {
        (await ToolRun.OfAsync(args)).AssertOneLineError(2, part);
    }

    [Fact]
    public async Task File_NamedLikeAnOption_IsOpenedBehindTwoDashes() =>
        (await ToolRun.OfAsync("inspect", "--", "--nope")).AssertOneLineError(1, "--nope");

    [Fact]
    public async Task Output_InAFolderThatDoesNotExist_IsRefused()
    {
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);

        (await ToolRun.OfAsync("dump", path, "output.weight", "--out", _folder["no/such/o"])).AssertOneLineError(1, "no/such");
        (await ToolRun.OfAsync("quantize", path, _folder["no/such/o"], "Q8_0")).AssertOneLineError(1, "no/such");
        (await ToolRun.OfAsync("dump", path, "output.weight", "--out", _folder.Root)).AssertOneLineError(1, "is a directory");
    }

    [Fact]
    public async Task BigEndian_IsInspectedAndStreamedButNotDecoded()
    {
        string path = await new TinyModel { IsBigEndian = true }.WriteAsync(_folder["a.gguf"]);

        Assert.True((await ToolRun.DoneAsync("inspect", path, "--json")).Json.GetProperty("big_endian").GetBoolean());
        foreach (string[] args in new string[][] { ["verify", path], ["dump", path, "output.weight", "--out", _folder["o"]], ["quantize", path, _folder["o"], "Q8_0"] })
            (await ToolRun.OfAsync(args)).AssertOneLineError(1, "big-endian");
    }

    [Theory]
    [InlineData("--help", "Commands:")]
    [InlineData("--version", "0.")]
    public async Task HelpAndVersion_AreAnswered(string option, string part)
    {
        Assert.Contains(part, (await ToolRun.DoneAsync(option)).Standard);
    }

    private async Task<string> MakeAsync(string kind)
    {
        string path = _folder[$"{kind}.gguf"];
        switch (kind)
        {
            case "directory":
                Directory.CreateDirectory(path);
                break;
            case "empty":
                File.WriteAllBytes(path, []);
                break;
            case "text":
                File.WriteAllText(path, new string('x', 4096));
                break;
            case "truncated":
                await new TinyModel().WriteAsync(path);
                File.WriteAllBytes(path, File.ReadAllBytes(path)[..^4096]);
                break;
            case "header":
                await new TinyModel().WriteAsync(path);
                File.WriteAllBytes(path, File.ReadAllBytes(path)[..300]);
                break;
        }

        return path;
    }
}
