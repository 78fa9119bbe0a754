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
    public async Task Perplexity_OfAText_IsWhatItsLogitsSay()
    {
        const int Chunk = 64, Chunks = 2;
        using TempFolder folder = new();
        string text = WriteText(folder);
        JsonElement json = (await ToolRun.DoneAsync("perplexity", Model, "--file", text, "--chunk-size", $"{Chunk}", "--chunks", $"{Chunks}", "--budget", "1800KiB", "--json")).Json;
        Assert.Equal((Chunks, Chunks * 31, false), (json.GetProperty("chunks").GetInt32(), json.GetProperty("counted_tokens").GetInt32(), json.GetProperty("cancelled").GetBoolean()));

        int[] tokens = [.. (await ToolRun.DoneAsync("tokenize", Model, "--file", text, "--json")).Json.EnumerateArray().Select(e => e.GetInt32())];
        List<double> surprises = [];
        for (int c = 0; c < Chunks; c++)
        {
            // Every chunk begins as the text does: with the token that begins one.
            int[] chunk = [tokens[0], .. tokens[(c * Chunk + 1)..((c + 1) * Chunk)]];
            string file = folder[$"logits{c}"];
            await ToolRun.DoneAsync("logits", Model, "--tokens", string.Join(',', chunk), "--out", file);
            float[] logits = TinyModel.ReadFloats(file);
            int columns = logits.Length / Chunk;
            for (int p = Chunk / 2; p < Chunk - 1; p++)
            {
                double[] row = [.. logits[(p * columns)..((p + 1) * columns)].Select(l => (double)l)];
                surprises.Add(Math.Log(row.Sum(Math.Exp)) - row[chunk[p + 1]]);
            }
        }

        double mean = surprises.Average(), variance = surprises.Sum(s => (s - mean) * (s - mean)) / (surprises.Count - 1);
        Assert.Equal(1, json.GetProperty("perplexity").GetDouble() / Math.Exp(mean), 1e-9);
        Assert.Equal(1, json.GetProperty("error").GetDouble() / (Math.Exp(mean) * Math.Sqrt(variance / surprises.Count)), 1e-6);
    }

    [Fact]
    public async Task Perplexity_Cancelled_IsThatOfTheChunksUntilThen()
    {
        const int Chunk = 64;
        using TempFolder folder = new();
        string[] args = ["perplexity", Model, "--file", WriteText(folder), "--chunk-size", $"{Chunk}", "--json"];
        JsonElement first = (await ToolRun.DoneAsync([.. args, "--chunks", "1"])).Json;

        // The signal comes with the last position of the first chunk, which is then through.
        ToolRun run = await CancelledAsync(Chunk, [.. args, "--chunks", "3"]);

        Assert.Equal(ExitCode.Cancelled, run.ExitCode);
        Assert.Equal((1, 3, 31, true), (run.Json.GetProperty("chunks").GetInt32(), run.Json.GetProperty("wanted_chunks").GetInt32(),
            run.Json.GetProperty("counted_tokens").GetInt32(), run.Json.GetProperty("cancelled").GetBoolean()));
        Assert.Equal(first.GetProperty("perplexity").GetDouble(), run.Json.GetProperty("perplexity").GetDouble());
    }

    [Theory]
    [InlineData(10, "pp8 2", "tg4 1")]
    [InlineData(2, "pp8 2")]
    public async Task Bench_Cancelled_ReportsTheRunsThatWereThrough(int rows, params string[] tests)
    {
        string[] args = ["bench", Model, "-p", "8", "-n", "4", "-r", "2", "--json"];

        ToolRun run = await CancelledAsync(rows, args);

        Assert.Equal(ExitCode.Cancelled, run.ExitCode);
        Assert.True(run.Json.GetProperty("cancelled").GetBoolean());
        JsonElement[] results = [.. run.Json.GetProperty("tests").EnumerateArray()];
        Assert.Equal(tests, results.Select(t => $"{t.GetProperty("test").GetString()} {t.GetProperty("runs").GetArrayLength()}"));
        Assert.All(results, t => Assert.True(t.GetProperty("tokens_per_second").GetDouble() > 0));
    }

    [Fact]
    public async Task Bench_CancelledBeforeAnyRunIsThrough_SaysSo()
    {
        ToolRun run = await CancelledAsync(2, ["bench", Model, "-p", "0", "-n", "4", "--json"]);
        Assert.Equal((ExitCode.Cancelled, ""), (run.ExitCode, run.Standard));
        Assert.Equal("cancelled", run.ErrorJson.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Perplexity_OfTooShortAText_SaysSo()
    {
        using TempFolder folder = new();
        string text = folder["text.txt"];
        File.WriteAllText(text, "short");
        (await ToolRun.OfAsync("perplexity", Model, "--file", text, "--chunk-size", "64")).AssertOneLineError(ExitCode.Failed, "too few");
    }

    private static string WriteText(TempFolder folder)
    {
        string path = folder["text.txt"];
        File.WriteAllText(path, string.Concat(Enumerable.Range(0, 400).Select(i => $"word {i * 37 % 101}, ")));
        return path;
    }

    /// <summary>Runs a command to which the signal comes with a row of logits, counted from 1.</summary>
    private static async Task<ToolRun> CancelledAsync(int row, string[] args)
    {
        using CancellationTokenSource source = new();
        int rows = 0;
        ToolHooks hooks = new(GenerationOptions: options => options with
        {
            OnLogits = (position, logits) =>
            {
                options.OnLogits?.Invoke(position, logits);
                if (++rows == row) source.Cancel();
            },
        });
        return await ToolRun.OfAsync(hooks, args, source.Token);
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
