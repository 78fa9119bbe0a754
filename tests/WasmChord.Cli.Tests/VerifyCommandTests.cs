using System.Text.Json;
using WasmChord.Gguf;
using WasmChord.Memory64;
using WasmChord.TestData;

namespace WasmChord.Cli.Tests;

public sealed class VerifyCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(GgmlType.F32)]
    [InlineData(GgmlType.Q5_K)]
    public async Task Model_Whole_IsGood(GgmlType type)
    {
        string path = await new TinyModel { Type = type, HasUnknownTensor = true }.WriteAsync(_folder["a.gguf"]);

        JsonElement json = (await ToolRun.DoneAsync("verify", path, "--json")).Json;

        Assert.True(json.GetProperty("ok").GetBoolean());
        Assert.Equal(TinyModel.TensorCount + 1, json.GetProperty("tensor_count").GetInt32());
        Assert.Equal("mm.projector.weight", json.GetProperty("unknown_tensors")[0].GetString());
        Assert.Equal(0, json.GetProperty("problems").GetArrayLength());
        Assert.Equal(TinyModel.TensorCount + 1, json.GetProperty("checksums_missing").GetInt32());
    }

    [Fact]
    public async Task BlockWithNanScale_IsNamedWithItsIndexAndOffset()
    {
        string path = await new TinyModel { Type = GgmlType.Q4_K }.WriteAsync(_folder["a.gguf"]);
        // d of block 37 becomes a NaN.
        await TinyModel.PatchAsync(path, "blk.2.ffn_up.weight", 37 * 144, [0x00, 0x7e]);

        ToolRun run = await ToolRun.OfAsync("verify", path, "--json");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("damaged", run.ErrorJson.GetProperty("code").GetString());
        JsonElement problem = Assert.Single(run.Json.GetProperty("problems").EnumerateArray().ToArray());
        Assert.Equal("blk.2.ffn_up.weight", problem.GetProperty("tensor").GetString());
        Assert.Equal(37, problem.GetProperty("block").GetInt64());
        using GgufModel model = await GgufModel.OpenAsync(path);
        Assert.True(model.TryGetTensor("blk.2.ffn_up.weight", out TensorInfo? tensor));
        Assert.Equal(tensor.FileOffset + 37 * 144, problem.GetProperty("offset").GetInt64());
    }

    [Fact]
    public async Task UnknownTensor_WithAnInfinity_IsFoundToo()
    {
        string path = await new TinyModel { HasUnknownTensor = true }.WriteAsync(_folder["a.gguf"]);
        await TinyModel.PatchAsync(path, "mm.projector.weight", 4 * 11, BitConverter.GetBytes(float.PositiveInfinity));

        ToolRun run = await ToolRun.OfAsync("verify", path);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("'mm.projector.weight' (F32), block 11", run.Error);
        Assert.Contains("broken", run.Standard);
    }

    [Fact]
    public async Task Checksums_Written_AgreeUntilABitFlips()
    {
        string path = await new TinyModel { Type = GgmlType.Q8_0, HasUnknownTensor = true }.WriteAsync(_folder["a.gguf"]);

        JsonElement written = (await ToolRun.DoneAsync("verify", path, "--write-checksums", "--json")).Json;
        JsonElement verified = (await ToolRun.DoneAsync("verify", path, "--json")).Json;
        await TinyModel.PatchAsync(path, "blk.0.attn_q.weight", 3, [0x55]);
        ToolRun flipped = await ToolRun.OfAsync("verify", path, "--json");

        Assert.Equal(ChecksumFile.PathFor(path), written.GetProperty("checksum_files")[0].GetString());
        Assert.Equal(TinyModel.TensorCount + 1, verified.GetProperty("checksums_verified").GetInt32());
        Assert.Equal(0, verified.GetProperty("checksums_missing").GetInt32());
        Assert.Equal(1, flipped.ExitCode);
        Assert.Contains("blk.0.attn_q.weight", flipped.ErrorJson.GetProperty("message").GetString());
        Assert.Equal(["a.gguf", "a.gguf.xxh3"], _folder.Names);
    }

    [Fact]
    public async Task Checksums_OfADamagedModel_AreNotWritten()
    {
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);
        await TinyModel.PatchAsync(path, "output.weight", 0, BitConverter.GetBytes(float.NaN));

        Assert.Equal(1, (await ToolRun.OfAsync("verify", path, "--write-checksums")).ExitCode);

        Assert.Equal(["a.gguf"], _folder.Names);
    }

    [Fact]
    public async Task Checksums_Written_AreWhatTheEngineVerifiesFirstReadsAgainst()
    {
        string path = await new TinyModel { Type = GgmlType.Q8_0 }.WriteAsync(_folder["a.gguf"]);
        await ToolRun.DoneAsync("verify", path, "--write-checksums");
        await ToolRun.DoneAsync("stream", path);
        await TinyModel.PatchAsync(path, "blk.1.attn_q.weight", 3, [0x55]);

        ToolRun run = await ToolRun.OfAsync("stream", path, "--json");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("layer_unavailable", run.ErrorJson.GetProperty("code").GetString());
        Assert.Contains("checksum", run.ErrorJson.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Shards_Verified_HaveAChecksumFileEach()
    {
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);
        await ToolRun.DoneAsync("split", path, _folder["s"], "--max-tensors", "10");

        JsonElement json = (await ToolRun.DoneAsync("verify", _folder["s-00003-of-00004.gguf"], "--write-checksums", "--json")).Json;

        Assert.Equal(4, json.GetProperty("checksum_files").GetArrayLength());
        Assert.Equal(TinyModel.TensorCount, (await ToolRun.DoneAsync("verify", _folder["s-00001-of-00004.gguf"], "--json")).Json.GetProperty("checksums_verified").GetInt32());
    }

    [SkippableTheory]
    [InlineData("stories260K.gguf")]
    [InlineData("stories260K-wide4-Q4_K_M.gguf")]
    [InlineData("stories260K-wide4-IQ3_S.gguf")]
    [InlineData("stories260K-wide4-TQ1_0.gguf")]
    [InlineData("gridcore-tied-random.gguf")]
    public async Task SharedModels_AreGood(string name)
    {
        string path = SharedTestData.Require($"models/{name}");

        Assert.True((await ToolRun.DoneAsync("verify", path, "--json")).Json.GetProperty("ok").GetBoolean());
    }
}
