using System.Security.Cryptography;
using System.Text.Json;
using WasmChord.Gguf;
using WasmChord.TestData;

namespace WasmChord.Cli.Tests;

public sealed class DumpCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(GgmlType.F32)]
    [InlineData(GgmlType.Q4_K)]
    [InlineData(GgmlType.Q8_0)]
    public async Task Tensor_OfAnyType_IsWrittenAsFloats(GgmlType type)
    {
        string path = await new TinyModel { Type = type }.WriteAsync(_folder["a.gguf"]);

        JsonElement json = (await ToolRun.DoneAsync("dump", path, "blk.1.ffn_down.weight", "--out", _folder["t.f32"], "--json")).Json;

        Assert.Equal(512 * 256, json.GetProperty("values").GetInt64());
        Assert.Equal(await TinyModel.ValuesAsync(path, "blk.1.ffn_down.weight"), TinyModel.ReadFloats(_folder["t.f32"]));
        Assert.Equal(["a.gguf", "t.f32"], _folder.Names);
    }

    [Fact]
    public async Task Tensor_LargerThanABuffer_IsWrittenWhole()
    {
        string path = await new TinyModel { Hidden = 2048, FeedForward = 2048, Type = GgmlType.Q4_0 }.WriteAsync(_folder["a.gguf"]);

        await ToolRun.DoneAsync("dump", path, "blk.0.ffn_up.weight", "--out", _folder["t.f32"]);

        Assert.Equal(await TinyModel.ValuesAsync(path, "blk.0.ffn_up.weight"), TinyModel.ReadFloats(_folder["t.f32"]));
    }

    [Fact]
    public async Task Output_ThatIsTheModel_IsRefusedAndTheModelStays()
    {
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);
        byte[] before = File.ReadAllBytes(path);

        (await ToolRun.OfAsync("dump", path, "output.weight", "--out", path)).AssertOneLineError(1, "both read and written");

        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Output_ThatIsADevice_IsWrittenToAndStaysADevice()
    {
        if (OperatingSystem.IsWindows()) return;
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);
        // Links, so that a tool which renames over what it is given takes no device of the machine away.
        File.CreateSymbolicLink(_folder["null"], "/dev/null");
        File.CreateSymbolicLink(_folder["full"], "/dev/full");

        await ToolRun.DoneAsync("dump", path, "output.weight", "--out", _folder["null"]);
        (await ToolRun.OfAsync("dump", path, "output.weight", "--out", _folder["full"])).AssertOneLineError(1, "space");
        (await ToolRun.OfAsync("quantize", path, _folder["null"], "Q8_0")).AssertOneLineError(1, "is a device");

        Assert.Equal("/dev/null", new FileInfo(_folder["null"]).LinkTarget);
        Assert.Equal("/dev/full", new FileInfo(_folder["full"]).LinkTarget);
        Assert.Equal(["a.gguf", "full", "null"], _folder.Names);
    }

    [Fact]
    public async Task Output_ThatIsALink_IsWrittenWhereItPoints()
    {
        if (OperatingSystem.IsWindows()) return;
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);
        File.WriteAllText(_folder["t.f32"], "old");
        File.CreateSymbolicLink(_folder["link"], _folder["t.f32"]);

        await ToolRun.DoneAsync("dump", path, "output.weight", "--out", _folder["link"]);

        Assert.Equal(_folder["t.f32"], new FileInfo(_folder["link"]).LinkTarget);
        Assert.Equal(await TinyModel.ValuesAsync(path, "output.weight"), TinyModel.ReadFloats(_folder["t.f32"]));
    }

    [Fact]
    public async Task Cancelled_BeforeItIsDone_LeavesNoFile()
    {
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);

        ToolRun run = await ToolRun.OfAsync(null, ["dump", path, "output.weight", "--out", _folder["t.f32"]], new CancellationToken(true));

        Assert.Equal(ExitCode.Cancelled, run.ExitCode);
        Assert.Equal(["a.gguf"], _folder.Names);
    }

    [SkippableTheory]
    [InlineData("stories260K.gguf")]
    [InlineData("stories260K-wide4-Q4_K_M.gguf")]
    [InlineData("stories260K-wide4-IQ2_XXS.gguf")]
    public async Task SharedModels_EveryTensor_HasTheHashOfTheReference(string name)
    {
        string path = SharedTestData.Require($"models/{name}");
        using JsonDocument hashes = JsonDocument.Parse(File.ReadAllText(SharedTestData.Require("reference/dequantized-tensor-hashes.json")));
        JsonElement tensors = hashes.RootElement.EnumerateObject().Single(m => Path.GetFileName(m.Name) == name).Value;

        int count = 0;
        foreach (JsonProperty tensor in tensors.EnumerateObject())
        {
            await ToolRun.DoneAsync("dump", path, tensor.Name, "--out", _folder["t.f32"]);
            string? expected = tensor.Value.GetProperty("sha256_of_f32le").GetString();
            Assert.Equal(expected, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_folder["t.f32"]))));
            count++;
        }

        Assert.Equal(48, count);
    }
}
