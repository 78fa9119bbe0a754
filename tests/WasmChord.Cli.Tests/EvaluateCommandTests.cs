using System.Text.Json;
using WasmChord.TestData;

namespace WasmChord.Cli.Tests;

public sealed class EvaluateCommandTests
{
    private static string Model { get; } = Path.Combine(SharedTestData.RepositoryRoot, "examples", "models", "demo.gguf");

    [Fact]
    public async Task Logits_WhateverTheBudget_AreTheSameToTheLastBit()
    {
        using TempFolder folder = new();
        string full = folder["full"], tight = folder["tight"];
        JsonElement json = (await ToolRun.DoneAsync("logits", Model, "--tokens", "1,5,9,300", "--out", full, "--json")).Json;
        await ToolRun.DoneAsync("logits", Model, "--tokens", "[1, 5, 9, 300]", "--out", tight, "--budget", "1800KiB", "-t", "1");
        Assert.Equal((4, 512), (json.GetProperty("rows").GetInt32(), json.GetProperty("columns").GetInt32()));
        Assert.Equal(4 * 512 * 4, new FileInfo(full).Length);
        Assert.Equal(File.ReadAllBytes(full), File.ReadAllBytes(tight));
    }

    [SkippableFact]
    public async Task Logits_OfStories_AreTheReferences()
    {
        using TempFolder folder = new();
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllText(SharedTestData.Require("reference/stories260K.p1.greedy.json")));
        string tokens = string.Join(',', reference.RootElement.GetProperty("prompt_ids").EnumerateArray());
        await ToolRun.DoneAsync("logits", SharedTestData.Require("models/stories260K.gguf"), "--tokens", tokens, "--out", folder["l"], "--kv-type", "f32");
        float[] actual = TinyModel.ReadFloats(folder["l"]), expected = TinyModel.ReadFloats(SharedTestData.Require("reference/stories260K.p1.logits.f32.bin"));
        for (int i = 0; i < actual.Length; i++) Assert.True(MathF.Abs(actual[i] - expected[i]) <= 1e-3f, $"value {i}: {actual[i]}, not {expected[i]}");
    }

    [Theory]
    [InlineData("not in the vocabulary", 1, "512")]
    [InlineData("not a token", 2, "1,x")]
    [InlineData("not a token", 2, "1,-3")]
    public async Task Logits_OfBadTokens_LeaveNoFile(string part, int exitCode, string tokens)
    {
        using TempFolder folder = new();
        (await ToolRun.OfAsync("logits", Model, "--tokens", tokens, "--out", folder["l"])).AssertOneLineError(exitCode, part);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task Perplexity_OfRandomWeights_IsAboutTheVocabulary()
    {
        using TempFolder folder = new();
        string text = folder["text.txt"];
        File.WriteAllText(text, string.Concat(Enumerable.Range(0, 400).Select(i => $"word {i * 37 % 101}, ")));
        JsonElement json = (await ToolRun.DoneAsync("perplexity", Model, "--file", text, "--chunk-size", "64", "--chunks", "2", "--json")).Json;
        Assert.Equal(2 * 31, json.GetProperty("counted_tokens").GetInt32());
        Assert.InRange(json.GetProperty("perplexity").GetDouble(), 50, 1_000_000);
        File.WriteAllText(text, "short");
        (await ToolRun.OfAsync("perplexity", Model, "--file", text, "--chunk-size", "64")).AssertOneLineError(ExitCode.Failed, "too few");
    }

    [Fact]
    public async Task Bench_OfBothTests_ReportsEach()
    {
        JsonElement json = (await ToolRun.DoneAsync("bench", Model, "-p", "8", "-n", "4", "-r", "2", "--parallel", "2", "--budget", "1800KiB", "--json")).Json;
        JsonElement[] tests = [.. json.GetProperty("tests").EnumerateArray()];
        Assert.Equal(["pp8", "tg4"], tests.Select(t => t.GetProperty("test").GetString()));
        foreach (JsonElement test in tests)
        {
            Assert.True(test.GetProperty("tokens_per_second").GetDouble() > 0);
            Assert.Equal(2, test.GetProperty("runs").GetArrayLength());
            Assert.Equal(2, test.GetProperty("parallel").GetInt32());
            Assert.True(test.GetProperty("peak_resident_bytes").GetInt64() <= test.GetProperty("budget_bytes").GetInt64());
        }
    }
}
