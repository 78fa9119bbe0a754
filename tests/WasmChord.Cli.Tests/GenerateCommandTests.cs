using System.Text;
using System.Text.Json;
using WasmChord.Gguf;
using WasmChord.TestData;

namespace WasmChord.Cli.Tests;

public sealed class GenerateCommandTests
{
    private static string Model { get; } = Path.Combine(SharedTestData.RepositoryRoot, "examples", "models", "demo.gguf");

    [Fact]
    public async Task Generate_WithJson_HasTheKeysOfTheDesign()
    {
        JsonElement json = (await ToolRun.DoneAsync("generate", Model, "--prompt", "Once", "--max-tokens", "8", "--temp", "0", "--ignore-eos", "--budget", "1800KiB", "--json")).Json;
        foreach (string key in new[] { "text", "tokens", "prompt_tokens", "stop_reason", "prefill_tokens_per_second", "decode_tokens_per_second", "bytes_read_per_token", "peak_resident_bytes", "process_peak_private_bytes" })
            Assert.True(json.TryGetProperty(key, out _), key);
        Assert.Equal(8, json.GetProperty("tokens").GetInt32());
        Assert.Equal("max_tokens", json.GetProperty("stop_reason").GetString());
        Assert.True(json.GetProperty("bytes_read_per_token").GetDouble() > 0, "within less than the model something is read for every token");
        // More is wanted than there is, so that the most there was is most of it; frames and segments do not fill it to the last byte.
        long budget = json.GetProperty("budget_bytes").GetInt64();
        Assert.InRange(json.GetProperty("peak_resident_bytes").GetInt64(), budget * 3 / 4, budget);
    }

    [Theory]
    [InlineData("generate", "--prompt", "Once", "--max-tokens", "8", "--ignore-eos")]
    [InlineData("bench", "-p", "8", "-n", "4", "-r", "1", "--parallel", "300")]
    public async Task Budget_ThatIsAutomatic_IsReportedAsItWasAtItsMost(string command, params string[] args)
    {
        JsonElement json = (await ToolRun.DoneAsync([command, Model, .. args, "--json"])).Json;
        JsonElement[] figures = command == "bench" ? [.. json.GetProperty("tests").EnumerateArray()] : [json];
        Assert.All(figures, f => Assert.InRange(f.GetProperty("peak_resident_bytes").GetInt64(), 1, f.GetProperty("budget_bytes").GetInt64()));
    }

    [Theory]
    [InlineData("--temp", "0")]
    [InlineData("--seed", "7")]
    public async Task Generate_WhateverTheBudgetAndThreads_GivesTheSameTokens(string option, string value)
    {
        List<string> ids = [];
        foreach (string[] machine in new[] { new[] { "--budget", "auto", "-t", "1" }, ["--budget", "1800KiB", "-t", "2"], ["--budget", "2MiB", "-t", "3", "--drafting", "on"] })
        {
            string[] args = ["generate", Model, "--prompt", "Once upon a time", "--max-tokens", "24", "--ignore-eos", option, value, "--json", .. machine];
            ids.Add((await ToolRun.DoneAsync(args)).Json.GetProperty("token_ids").ToString());
        }

        Assert.Single(ids.Distinct());
    }

    [Fact]
    public async Task Generate_WithoutJson_WritesPromptAndTextAlone()
    {
        ToolRun json = await ToolRun.DoneAsync("generate", Model, "--prompt", "Once", "--max-tokens", "6", "--temp", "0", "--json");
        ToolRun text = await ToolRun.DoneAsync("generate", Model, "--prompt", "Once", "--max-tokens", "6", "--temp", "0");
        Assert.Equal($"Once{json.Json.GetProperty("text").GetString()}\n", text.Standard);
        Assert.Contains("generated at", text.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task Generate_CancelledAfterSomeTokens_ReportsThemAndTheFiguresSoFar(int tokens)
    {
        string[] args = ["generate", Model, "--prompt", "Once upon a time", "--max-tokens", "100", "--ignore-eos", "--temp", "0", "--drafting", "off", "--budget", "1800KiB", "--json"];
        JsonElement whole = (await ToolRun.DoneAsync(args)).Json;
        using CancellationTokenSource source = new();
        int rows = 0;
        // The signal comes while the wave that gives the last of them is still running.
        ToolHooks hooks = new(GenerationOptions: options => options with
        {
            OnLogits = (_, _) =>
            {
                if (++rows == tokens) source.Cancel();
            },
        });

        ToolRun run = await ToolRun.OfAsync(hooks, args, source.Token);

        Assert.Equal(ExitCode.Cancelled, run.ExitCode);
        JsonElement json = run.Json;
        Assert.Equal("cancelled", json.GetProperty("stop_reason").GetString());
        Assert.Equal(tokens, json.GetProperty("tokens").GetInt32());
        Assert.Equal(whole.GetProperty("token_ids").EnumerateArray().Take(tokens).Select(e => e.GetInt32()), json.GetProperty("token_ids").EnumerateArray().Select(e => e.GetInt32()));
        Assert.StartsWith(json.GetProperty("text").GetString()!, whole.GetProperty("text").GetString()!, StringComparison.Ordinal);
        Assert.Equal(whole.GetProperty("prompt_tokens").GetInt32(), json.GetProperty("prompt_tokens").GetInt32());
        Assert.True(json.GetProperty("prefill_tokens_per_second").GetDouble() > 0);
        Assert.Equal(tokens > 1, json.GetProperty("decode_tokens_per_second").GetDouble() > 0);
        Assert.Equal(tokens > 1, json.GetProperty("bytes_read_per_token").GetDouble() > 0);
        Assert.True(json.GetProperty("bytes_read").GetInt64() > 0);
        Assert.InRange(json.GetProperty("peak_resident_bytes").GetInt64(), 1, json.GetProperty("budget_bytes").GetInt64());
        Assert.True(json.GetProperty("process_peak_private_bytes").GetInt64() > 0);
    }

    [Theory]
    [InlineData("blk.1.attn_q.weight", "not_finite")]
    [InlineData("output_norm.weight", "model_unsupported")]
    public async Task Generate_OfAWeightThatIsNoNumber_EndsWithTheReason(string tensor, string code)
    {
        using TempFolder folder = new();
        string path = folder["nan.gguf"];
        File.Copy(Model, path);
        // The scale of a block of Q4_K, a half; or two halves of a float.
        await TinyModel.PatchAsync(path, tensor, 0, tensor.Contains("norm", StringComparison.Ordinal) ? [0x00, 0x00, 0xC0, 0x7F] : [0x00, 0x7E]);

        ToolRun run = await ToolRun.OfAsync("generate", path, "--prompt", "Once", "--max-tokens", "4", "--json");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal("", run.Standard);
        Assert.Equal(code, run.ErrorJson.GetProperty("code").GetString());
        Assert.DoesNotContain(" at WasmChord.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_CancelledBetweenItsLineAndItsAnswer_EndsAsCancelled()
    {
        using CancellationTokenSource source = new();
        ToolHooks hooks = new(StandardInput: () => new CancellingStream(source));
        ToolRun run = await ToolRun.OfAsync(hooks, ["chat", Model, "--template", "chatml", "--max-tokens", "4"], source.Token);
        Assert.Equal(ExitCode.Cancelled, run.ExitCode);
    }

    [SkippableTheory]
    [InlineData("p1")]
    [InlineData("p2")]
    public async Task Generate_OfStories_IsTheReferencesText(string name)
    {
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllText(SharedTestData.Require($"reference/stories260K.{name}.greedy.json")));
        string model = SharedTestData.Require("models/stories260K.gguf"), prompt = reference.RootElement.GetProperty("prompt").GetString()!;
        int[] expected = [.. reference.RootElement.GetProperty("greedy_ids").EnumerateArray().Select(e => e.GetInt32())];
        JsonElement json = (await ToolRun.DoneAsync("generate", model, "--prompt", prompt, "--max-tokens", $"{expected.Length}", "--temp", "0", "--budget", "1MiB", "--json")).Json;
        Assert.Equal(expected, json.GetProperty("token_ids").EnumerateArray().Select(e => e.GetInt32()));
    }

    [Theory]
    [InlineData("--prompt is needed")]
    [InlineData("TopP", "--prompt", "x", "--top-p", "3")]
    [InlineData("one of them", "--prompt", "x", "--file", "y")]
    [InlineData("not a token and a bias", "--prompt", "x", "--logit-bias", "abc")]
    public async Task Generate_OfWrongUsage_SaysSo(string part, params string[] args) =>
        (await ToolRun.OfAsync(["generate", Model, .. args])).AssertOneLineError(ExitCode.Usage, part);

    [Fact]
    public async Task Generate_OfAPromptBeyondTheContext_IsRefusedWithTheNumbers() =>
        (await ToolRun.OfAsync("generate", Model, "--prompt", new string('x', 5000), "--ctx-size", "64")).AssertOneLineError(ExitCode.Failed, "context of 64");

    [Fact]
    public async Task Generate_OfAnUnsupportedArchitecture_NamesThoseSupported()
    {
        using TempFolder folder = new();
        string path = await new TinyModel { Architecture = "mamba" }.WriteAsync(folder["mamba.gguf"]);
        ToolRun run = await ToolRun.OfAsync("generate", path, "--prompt", "x");
        run.AssertOneLineError(ExitCode.Failed, "'mamba' is not supported");
        Assert.Contains("qwen3moe", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_OfTwoTurns_ComputesTheFirstOnce()
    {
        ToolHooks hooks = new(StandardInput: () => new MemoryStream(Encoding.UTF8.GetBytes("hello\n\nand again\n")));
        ToolRun run = await ToolRun.OfAsync(hooks, ["chat", Model, "--template", "chatml", "--max-tokens", "5", "--temp", "0", "--json"]);
        Assert.True(run.ExitCode == 0, run.Error);
        JsonElement[] turns = [.. run.Json.GetProperty("turns").EnumerateArray()];
        Assert.Equal(2, turns.Length);
        Assert.Equal(0, turns[0].GetProperty("reused_tokens").GetInt32());
        Assert.True(turns[1].GetProperty("reused_tokens").GetInt32() > 0);
        Assert.Equal("chatml", run.Json.GetProperty("template").GetString());
    }

    [Fact]
    public async Task Chat_WithoutATemplate_IsRefused()
    {
        ToolHooks hooks = new(StandardInput: () => new MemoryStream("hello\n"u8.ToArray()));
        ToolRun run = await ToolRun.OfAsync(hooks, ["chat", Model]);
        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("template", run.Error, StringComparison.OrdinalIgnoreCase);
        (await ToolRun.OfAsync(hooks, ["chat", Model, "--template", "nope"])).AssertOneLineError(ExitCode.Usage, "nope");
    }

    [Theory]
    [InlineData("{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n", "model", "")]
    [InlineData("{% for m in messages %}{% if m.role == 'user' %}[{{ m.content }}]{% endif %}{% endfor %}", "model", "takes no system message")]
    [InlineData("{% include 'parts' %}<|im_start|>", "chatml", "recognized as chatml")]
    public async Task Chat_WithTheModelsOwnTemplate_SaysWhereItIsNotWhatWrites(string template, string name, string note)
    {
        using TempFolder folder = new();
        string path = await WithTemplateAsync(folder["chat.gguf"], template);
        ToolHooks hooks = new(StandardInput: () => new MemoryStream("hello\n"u8.ToArray()));

        ToolRun run = await ToolRun.OfAsync(hooks, ["chat", path, "--system", "Be brief.", "--max-tokens", "2", "--temp", "0", "--json"]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(name, run.Json.GetProperty("template").GetString());
        Assert.Equal(name != "model", run.Json.TryGetProperty("template_problem", out JsonElement problem));
        if (name != "model") Assert.Contains("include", problem.GetString(), StringComparison.Ordinal);
        if (note.Length > 0) Assert.Contains(note, run.Error, StringComparison.Ordinal);
        else Assert.DoesNotContain("template", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_WithATemplateThatIsNotUnderstood_IsRefusedBeforeALineIsRead()
    {
        using TempFolder folder = new();
        string path = await WithTemplateAsync(folder["chat.gguf"], "{% include 'parts' %}");
        ToolHooks hooks = new(StandardInput: () => throw new InvalidOperationException("read"));

        ToolRun run = await ToolRun.OfAsync(hooks, ["chat", path, "--json"]);

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal("unsupported_template", run.ErrorJson.GetProperty("code").GetString());
    }

    private static async Task<string> WithTemplateAsync(string path, string template)
    {
        using GgufModel model = await GgufModel.OpenAsync(Model);
        GgufWriter writer = GgufWriter.From(model);
        writer.Metadata.Remove("tokenizer.chat_template");
        writer.Metadata.Add("tokenizer.chat_template", template);
        await writer.WriteAsync(path);
        return path;
    }

    /// <summary>A line, with which the signal comes.</summary>
    private sealed class CancellingStream(CancellationTokenSource source) : MemoryStream(Encoding.UTF8.GetBytes("hello\n"))
    {
        public override int Read(Span<byte> buffer)
        {
            source.Cancel();
            return base.Read(buffer);
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            source.Cancel();
            return base.Read(buffer, offset, count);
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            source.Cancel();
            return new(base.Read(buffer.Span));
        }
    }
}
