using System.Text.Json;
using WasmChord.Gguf;
using WasmChord.Memory64;
using WasmChord.TestData;

namespace WasmChord.Cli.Tests;

public sealed class StreamCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Json_OfARun_HasEveryDocumentedKey()
    {
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);

        JsonElement json = (await ToolRun.DoneAsync("stream", path, "--budget", "2layers", "--policy", "lru", "--requests", "1", "--passes", "3", "--json")).Json;

        string[] keys =
        [
            "layers", "requests", "passes", "policy", "format", "budget_bytes", "peak_resident_bytes", "process_peak_private_bytes",
            "idle_private_bytes", "hits", "misses", "evictions", "prefetch_hits", "bytes_read", "seconds", "layer_ms", "hit_layer_ms",
            "miss_layer_ms", "gigabytes_per_second", "hit_ratio", "joins", "waits", "verified_segments", "mode", "storage",
        ];
        Assert.All(keys, key => Assert.True(json.TryGetProperty(key, out _), key));
        Assert.All(["p50", "p95", "max"], key => Assert.True(json.GetProperty("layer_ms").GetProperty(key).GetDouble() >= 0));
        Assert.Equal(6, json.GetProperty("layers").GetInt32());
        Assert.Equal("streaming", json.GetProperty("mode").GetString());
        Assert.Equal(3 * TinyModel.TensorCount, json.GetProperty("verified_segments").GetInt32());
        Assert.True(json.GetProperty("evictions").GetInt64() > 0);
        Assert.True(json.GetProperty("peak_resident_bytes").GetInt64() <= json.GetProperty("budget_bytes").GetInt64());
        Assert.Equal(18, json.GetProperty("layer_ms").GetProperty("count").GetInt32());
        Assert.Equal(
            3 * TinyModel.TensorCount, json.GetProperty("hits").GetInt64() + json.GetProperty("misses").GetInt64() + json.GetProperty("joins").GetInt64());
    }

    [Theory]
    [InlineData("raw", "scan", "lru")]
    [InlineData("raw", "random", "auto")]
    [InlineData("f32", "random", "scan")]
    [InlineData("f16", "scan", "auto")]
    public async Task ManyRequesters_UnderASmallBudget_AllReadWhatTheFileHas(string format, string order, string policy)
    {
        string path = await new TinyModel { Type = GgmlType.Q6_K }.WriteAsync(_folder["a.gguf"]);

        JsonElement json = (await ToolRun.DoneAsync(
            "stream", path, "--budget", "2layers", "--format", format, "--order", order, "--policy", policy, "--requests", "4", "--json")).Json;

        Assert.Equal(4 * 2 * TinyModel.TensorCount, json.GetProperty("verified_segments").GetInt32());
        Assert.True(json.GetProperty("peak_resident_bytes").GetInt64() <= json.GetProperty("budget_bytes").GetInt64());
    }

    [Fact]
    public async Task Layer_ThatExceedsTheBudget_IsReadInPartsAndThatIsSaid()
    {
        string path = await new TinyModel { Type = GgmlType.Q8_0 }.WriteAsync(_folder["a.gguf"]);

        ToolRun text = await ToolRun.DoneAsync("stream", path, "--budget", "300KiB", "--requests", "2");
        JsonElement json = (await ToolRun.DoneAsync("stream", path, "--budget", "300KiB", "--requests", "2", "--json")).Json;

        Assert.Contains("in parts: exceeds the budget", text.Standard);
        Assert.Equal(2 * 2 * TinyModel.TensorCount, json.GetProperty("verified_segments").GetInt32());
        Assert.Equal(TinyModel.Blocks, json.GetProperty("per_layer").EnumerateArray().Count(l => l.GetProperty("in_parts").GetBoolean()));
    }

    [Fact]
    public async Task Model_ThatFits_IsResidentAndHitsAfterTheFirstPass()
    {
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);

        JsonElement json = (await ToolRun.DoneAsync("stream", path, "--passes", "4", "--json")).Json;

        Assert.Equal("resident", json.GetProperty("mode").GetString());
        Assert.Equal(0, json.GetProperty("evictions").GetInt64());
        Assert.Equal(3 * TinyModel.TensorCount, json.GetProperty("hits").GetInt64());
        Assert.True(json.GetProperty("hit_layer_ms").GetProperty("count").GetInt32() >= 18);
    }

    [Fact]
    public async Task Threshold_BelowTheModel_StreamsItThoughItFits()
    {
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);

        JsonElement json = (await ToolRun.DoneAsync("stream", path, "--threshold", "1KiB", "--regions", "multi", "--storage", "buffered", "--json")).Json;

        Assert.Equal("streaming", json.GetProperty("mode").GetString());
        Assert.Contains("threshold", json.GetProperty("mode_reason").GetString());
        Assert.Contains("buffered", json.GetProperty("storage")[0].GetString());
    }

    [Fact]
    public async Task Shards_AreStreamedAsOneModel()
    {
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);
        await ToolRun.DoneAsync("split", path, _folder["s"], "--max-tensors", "10");

        JsonElement json = (await ToolRun.DoneAsync("stream", _folder["s-00001-of-00004.gguf"], "--budget", "2layers", "--json")).Json;

        Assert.Equal(4, json.GetProperty("storage").GetArrayLength());
        Assert.Equal(2 * TinyModel.TensorCount, json.GetProperty("verified_segments").GetInt32());
    }

    [Fact]
    public async Task StorageThatFlipsABit_IsFoundByTheIndependentRead()
    {
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);
        ToolHooks hooks = new(options => options with { OpenStorage = Faulty(script => script.FlipBit(new FileInfo(path).Length - 5000)) });

        ToolRun run = await ToolRun.OfAsync(hooks, ["stream", path, "--budget", "2layers", "--json"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("mismatch", run.ErrorJson.GetProperty("code").GetString());
        string? message = run.ErrorJson.GetProperty("message").GetString();
        Assert.Contains("but the file has", message);
        Assert.Contains("head, tensor 'output.weight'", message);
        // What was measured is told all the same.
        Assert.Equal(message, run.Json.GetProperty("mismatch").GetString());
        Assert.Equal(0, run.Json.GetProperty("verified_segments").GetInt32());
    }

    [Fact]
    public async Task StorageThatFails_FailsTheRunWithTheReason()
    {
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);
        ToolHooks hooks = new(options => options with { OpenStorage = Faulty(script => script.FailReads(offset: 0, byteLength: 2_000_000)) });

        ToolRun run = await ToolRun.OfAsync(hooks, ["stream", path, "--budget", "2layers", "--json"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("", run.Standard);
        Assert.Equal("layer_unavailable", run.ErrorJson.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Cancelled_WhileItRuns_ReportsWhatThereIs()
    {
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);
        using CancellationTokenSource cancellation = new();
        ToolHooks hooks = new(options => options with
        {
            OpenStorage = (name, storage) =>
            {
                FaultyStorage faulty = new(Storage.Open(name, storage, out _));
                faulty.Script.Hold();
                // The first read is under way, and will not end: this is when the signal comes.
                _ = WhenReadAsync(faulty.Script, cancellation);
                return faulty;
            },
        });

        ToolRun run = await ToolRun.OfAsync(hooks, ["stream", path, "--budget", "2layers", "--passes", "1000", "--json"], cancellation.Token);

        Assert.Equal(ExitCode.Cancelled, run.ExitCode);
        Assert.True(run.Json.GetProperty("cancelled").GetBoolean());
        Assert.Equal(0, run.Json.GetProperty("verified_segments").GetInt64());
    }

    [SkippableFact]
    public async Task CompareRead_OnLinux_StatesTheRatio()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "plain reads are measured on Linux only");
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);

        JsonElement json = (await ToolRun.DoneAsync("stream", path, "--compare-read", "--budget", "2layers", "--json")).Json;

        Assert.True(json.GetProperty("plain_read_gigabytes_per_second").GetDouble() > 0);
        Assert.True(json.GetProperty("read_ratio").GetDouble() >= 0);
        Assert.True(json.GetProperty("later_read_ratio").GetDouble() >= 0);
        Assert.Equal(2, json.GetProperty("plain_reads").GetArrayLength());
    }

    [Fact]
    public async Task Visits_OfLaterPasses_AreToldFromFirstOnes()
    {
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);

        JsonElement json = (await ToolRun.DoneAsync(
            "stream", path, "--budget", "2layers", "--passes", "3", "--policy", "lru", "--storage", "buffered", "--keep-page-cache", "--json")).Json;

        int layers = json.GetProperty("layers").GetInt32();
        int first = json.GetProperty("first_layer_ms").GetProperty("count").GetInt32();
        int evicted = json.GetProperty("evicted_layer_ms").GetProperty("count").GetInt32();
        // Nothing is ahead of the very first visit; later ones may find what was read ahead.
        Assert.InRange(first, 1, layers);
        Assert.InRange(evicted, 1, 2 * layers);
        Assert.Equal(first + evicted, json.GetProperty("miss_layer_ms").GetProperty("count").GetInt32());
        Assert.True(json.GetProperty("later_gigabytes_per_second").GetDouble() > 0);
    }

    [SkippableTheory]
    [InlineData("stories260K.gguf", "raw")]
    [InlineData("stories260K-wide4-Q4_K_M.gguf", "f32")]
    [InlineData("stories260K-wide4-IQ2_S.gguf", "f16")]
    public async Task SharedModels_AreServedAsTheyAre(string name, string format)
    {
        string path = SharedTestData.Require($"models/{name}");

        JsonElement json = (await ToolRun.DoneAsync(
            "stream", path, "--budget", "3layers", "--format", format, "--requests", "8", "--order", "random", "--json")).Json;

        Assert.Equal(8 * 2 * json.GetProperty("segments").GetInt32(), json.GetProperty("verified_segments").GetInt32());
    }

    private static Func<string, StorageOptions, IStorage> Faulty(Action<FaultScript> script) => (name, options) =>
    {
        FaultyStorage faulty = new(Storage.Open(name, options, out _));
        script(faulty.Script);
        return faulty;
    };

    private static async Task WhenReadAsync(FaultScript script, CancellationTokenSource cancellation)
    {
        while (script.ReadCount == 0) await Task.Delay(5);
        cancellation.Cancel();
        // The region can only close once the read that is under way has ended.
        script.Clear();
    }
}
