using System.Text.Json;
using WasmChord.Gguf;
using WasmChord.TestData;

namespace WasmChord.Cli.Tests;

public sealed class InspectCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Json_OfAModel_HasEveryDocumentedKey()
    {
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);

        JsonElement json = (await ToolRun.DoneAsync("inspect", path, "--json")).Json;

        Assert.Equal(3, json.GetProperty("version").GetInt32());
        Assert.Equal("llama", json.GetProperty("architecture").GetString());
        Assert.Equal(TinyModel.TensorCount, json.GetProperty("tensor_count").GetInt32());
        Assert.Equal(TinyModel.Blocks, json.GetProperty("layer_count").GetInt32());
        Assert.Equal(new FileInfo(path).Length, json.GetProperty("file_bytes").GetInt64());
        Assert.Equal("resident", json.GetProperty("mode").GetString());
        Assert.True(json.GetProperty("tensor_bytes").GetInt64() > 0);
        Assert.True(json.GetProperty("open_ms").GetDouble() > 0);
        Assert.True(json.GetProperty("warm_open_ms").GetDouble() > 0);
        Assert.True(json.GetProperty("bytes_read").GetInt64() >= json.GetProperty("header_bytes").GetInt64());
        Assert.InRange(json.GetProperty("retained_bytes").GetInt64(), 0, 1 << 20);
        Assert.False(json.TryGetProperty("tensors", out _));
        Assert.False(json.TryGetProperty("metadata", out _));
    }

    [Fact]
    public async Task Json_WithTensors_SaysWhereEachLies()
    {
        string path = await new TinyModel { Type = GgmlType.Q4_K }.WriteAsync(_folder["a.gguf"]);

        JsonElement[] tensors = [.. (await ToolRun.DoneAsync("inspect", path, "--json", "--tensors")).Json.GetProperty("tensors").EnumerateArray()];

        Assert.Equal(TinyModel.TensorCount, tensors.Length);
        JsonElement up = tensors.Single(t => t.GetProperty("name").GetString() == "blk.2.ffn_up.weight");
        Assert.Equal("Q4_K", up.GetProperty("type").GetString());
        Assert.Equal([256, 512], up.GetProperty("shape").EnumerateArray().Select(e => e.GetInt32()));
        Assert.Equal(256 * 512 / 256 * 144, up.GetProperty("bytes").GetInt64());
        Assert.Equal("blk.2", up.GetProperty("layer").GetString());
        Assert.Equal("head", tensors[^1].GetProperty("layer").GetString());
        Assert.Equal(0, up.GetProperty("offset").GetInt64() % 32);
    }

    [Fact]
    public async Task Json_WithMetadata_ShowsTheFirstElementsOfArrays()
    {
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);

        JsonElement metadata = (await ToolRun.DoneAsync("inspect", path, "--json", "--metadata")).Json.GetProperty("metadata");

        Assert.Equal(4, metadata.GetProperty("llama.block_count").GetInt32());
        JsonElement tokens = metadata.GetProperty("tokenizer.ggml.tokens");
        Assert.Equal(64, tokens.GetProperty("count").GetInt32());
        Assert.Equal("string", tokens.GetProperty("type").GetString());
        Assert.Equal(8, tokens.GetProperty("first").GetArrayLength());
        Assert.Equal("token0", tokens.GetProperty("first")[0].GetString());
    }

    [Theory]
    [InlineData("1KiB", "streaming")]
    [InlineData("2G", "resident")]
    public async Task Threshold_Given_Decides(string threshold, string mode)
    {
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);

        Assert.Equal(mode, (await ToolRun.DoneAsync("inspect", path, "--json", "--threshold", threshold)).Json.GetProperty("mode").GetString());
    }

    [Fact]
    public async Task Text_OfAModel_NamesWhatMatters()
    {
        string path = await new TinyModel { HasUnknownTensor = true }.WriteAsync(_folder["a.gguf"]);

        string text = (await ToolRun.DoneAsync("inspect", path, "--tensors", "--metadata")).Standard;

        Assert.Contains("llama (tiny)", text);
        Assert.Contains("4 blocks; edges: embedding, head", text);
        Assert.Contains("1 of no known layer: mm.projector.weight", text);
        Assert.Contains("blk.3.ffn_down.weight", text);
        Assert.Contains("tokenizer.ggml.tokens = string[64] [\"token0\"", text);
    }

    [SkippableFact]
    public async Task Shards_OfStories260K_AreOneModel()
    {
        string whole = SharedTestData.Require("models/stories260K.gguf");
        string shard = Directory.GetFiles(SharedTestData.Require("models/split"), "*-00002-of-*.gguf").Single();

        JsonElement one = (await ToolRun.DoneAsync("inspect", whole, "--json")).Json, three = (await ToolRun.DoneAsync("inspect", shard, "--json")).Json;

        Assert.Equal(3, three.GetProperty("file_count").GetInt32());
        foreach (string key in new[] { "tensor_count", "layer_count", "tensor_bytes" })
            Assert.Equal(one.GetProperty(key).GetInt64(), three.GetProperty(key).GetInt64());
    }
}
