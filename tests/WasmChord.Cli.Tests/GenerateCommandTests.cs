using System.Text;
using System.Text.Json;
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
        Assert.True(json.GetProperty("peak_resident_bytes").GetInt64() <= json.GetProperty("budget_bytes").GetInt64());
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

    [Fact]
    public async Task Generate_WhenCancelled_ReportsWhatThereIs()
    {
        using CancellationTokenSource source = new(TimeSpan.FromSeconds(2));
        ToolRun run = await ToolRun.OfAsync(null, ["generate", Model, "--prompt", "Once", "--max-tokens", "100000", "--ctx-size", "128", "--ignore-eos", "--temp", "0", "--json"], source.Token);
        // On a fast machine the context is full before the signal comes.
        if (run.ExitCode == ExitCode.Success) Assert.Equal("context_full", run.Json.GetProperty("stop_reason").GetString());
        else Assert.Equal(ExitCode.Cancelled, run.ExitCode);
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
