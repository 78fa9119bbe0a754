using System.Text.Json;
using WasmChord.Gguf;
using WasmChord.TestData;

namespace WasmChord.Cli.Tests;

public sealed class SplitMergeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--max-tensors", "10", 4)]
    [InlineData("--max-size", "600K", 7)]
    public async Task SplitThenMerged_IsTheSameFileByteForByte(string option, string value, int leastShards)
    {
        string source = await new TinyModel().WriteAsync(_folder["a.gguf"]);

        JsonElement split = (await ToolRun.DoneAsync("split", source, _folder["s"], option, value, "--json")).Json;
        string[] files = [.. split.GetProperty("files").EnumerateArray().Select(f => f.GetString()!)];
        await ToolRun.DoneAsync("merge", files[^1], _folder["m.gguf"]);

        Assert.True(files.Length >= leastShards, $"{files.Length} shards");
        Assert.Equal(File.ReadAllBytes(source), File.ReadAllBytes(_folder["m.gguf"]));
    }

    [Fact]
    public async Task Split_WithTensorsKeptOutOfTheFirst_HasMetadataThereAlone()
    {
        string source = await new TinyModel().WriteAsync(_folder["a.gguf"]);

        await ToolRun.DoneAsync("split", source, _folder["s"], "--no-tensor-first-split");

        using FileGgufSource first = new(_folder["s-00001-of-00002.gguf"]);
        using GgufFile file = await GgufFile.OpenAsync(first);
        Assert.Empty(file.Tensors);
        Assert.True(file.Metadata.ContainsKey("llama.block_count"));
    }

    [Fact]
    public async Task Merge_WithAShardMissing_NamesItAndLeavesNoFile()
    {
        string source = await new TinyModel().WriteAsync(_folder["a.gguf"]);
        await ToolRun.DoneAsync("split", source, _folder["s"], "--max-tensors", "10");
        File.Delete(_folder["s-00002-of-00004.gguf"]);

        (await ToolRun.OfAsync("merge", _folder["s-00001-of-00004.gguf"], _folder["m.gguf"])).AssertOneLineError(1, "shard 2 of 4 is missing");

        Assert.False(File.Exists(_folder["m.gguf"]));
    }

    [Fact]
    public async Task Split_OntoTheModelsOwnShards_IsRefused()
    {
        string source = await new TinyModel().WriteAsync(_folder["a.gguf"]);
        await ToolRun.DoneAsync("split", source, _folder["s"], "--max-tensors", "10");

        (await ToolRun.OfAsync("split", _folder["s-00001-of-00004.gguf"], _folder["s"], "--max-tensors", "5")).AssertOneLineError(1, "another prefix");
    }

    [Fact]
    public async Task Split_Cancelled_LeavesNoShard()
    {
        string source = await new TinyModel().WriteAsync(_folder["a.gguf"]);

        ToolRun run = await ToolRun.OfAsync(null, ["split", source, _folder["s"]], new CancellationToken(true));

        Assert.Equal(ExitCode.Cancelled, run.ExitCode);
        Assert.Equal(["a.gguf"], _folder.Names);
    }

    [SkippableFact]
    public async Task SharedShards_Merged_HaveTheTensorsOfTheWhole()
    {
        string whole = SharedTestData.Require("models/stories260K.gguf");
        string shard = Directory.GetFiles(SharedTestData.Require("models/split"), "*-00001-of-*.gguf").Single();

        await ToolRun.DoneAsync("merge", shard, _folder["m.gguf"]);

        using GgufModel expected = await GgufModel.OpenAsync(whole), merged = await GgufModel.OpenAsync(_folder["m.gguf"]);
        Assert.Equal(expected.Tensors.Select(t => t.Name).Order(), merged.Tensors.Select(t => t.Name).Order());
        byte[] a = File.ReadAllBytes(whole), b = File.ReadAllBytes(_folder["m.gguf"]);
        foreach (TensorInfo tensor in expected.Tensors)
        {
            Assert.True(merged.TryGetTensor(tensor.Name, out TensorInfo? other));
            Assert.True(a.AsSpan((int)tensor.FileOffset, (int)tensor.ByteLength).SequenceEqual(b.AsSpan((int)other.FileOffset, (int)other.ByteLength)), tensor.Name);
        }
    }
}
