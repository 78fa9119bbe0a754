using System.Text.Json;
using WasmChord.Memory64;
using WasmChord.TestData;

namespace WasmChord.Cli.Tests;

public sealed class SidecarFlagTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static string Model { get; } = Path.Combine(SharedTestData.RepositoryRoot, "examples", "models", "demo.gguf");

    private string Sidecars => _folder["sidecars"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Stream_WithAFolder_RemembersAndTheNextRunStartsWithWhatWasUsed()
    {
        string[] args = ["stream", Model, "--budget", "4layers", "--passes", "1", "--sidecar", Sidecars, "--json"];
        JsonElement first = (await ToolRun.DoneAsync(args)).Json;
        string saved = Assert.Single(Directory.GetFiles(Sidecars));
        JsonElement second = (await ToolRun.DoneAsync(args)).Json;

        Assert.Equal(new SidecarStore(Sidecars).PathFor(Model), saved);
        Assert.Equal([saved], Directory.GetFiles(Sidecars));
        Assert.Equal(first.GetProperty("verified_segments").GetInt32(), second.GetProperty("verified_segments").GetInt32());
        // What was read before it was asked for was read all the same: it is no hit.
        Assert.Equal(first.GetProperty("hits").GetInt64(), second.GetProperty("hits").GetInt64());
        Assert.True(second.GetProperty("peak_resident_bytes").GetInt64() <= second.GetProperty("budget_bytes").GetInt64());
    }

    [Fact]
    public async Task Generate_WithASidecarWhoseChecksumsAreForged_GivesTheSameTextAndMendsIt()
    {
        string[] args = ["generate", Model, "--prompt", "Once", "--max-tokens", "6", "--temp", "0", "--ignore-eos", "--budget", "1800KiB", "--sidecar", Sidecars, "--json"];
        string right = (await ToolRun.DoneAsync(args)).Json.GetProperty("token_ids").ToString();
        SidecarStore store = new(Sidecars);
        ModelSidecar saved = store.Load(Model, out _)!;
        Assert.NotEmpty(saved.Rows);
        Assert.Contains(saved.Extents, e => e.Checksum is not null);
        store.Save(Model, ModelSidecar.Create(
            saved.Files, saved.Extents.Select(e => e with { Checksum = e.Checksum + 1 }), saved.Rows.Select(r => r with { Checksum = r.Checksum ^ 2 | 1 })));

        ToolRun forged = await ToolRun.DoneAsync(args);

        Assert.Equal(right, forged.Json.GetProperty("token_ids").ToString());
        ModelSidecar mended = store.Load(Model, out _)!;
        Assert.All(mended.Extents.Where(e => e.Checksum is not null), e =>
            Assert.Equal(saved.TryGet(e.FileIndex, e.Offset, e.ByteLength, out SidecarExtent before) ? before.Checksum : null, e.Checksum));
        Assert.Equal(saved.Rows, mended.Rows);
    }

    [Theory]
    [InlineData("stream", "--passes", "1")]
    [InlineData("generate", "--prompt", "Once", "--max-tokens", "2")]
    [InlineData("bench", "-p", "4", "-n", "2", "-r", "1")]
    public async Task Off_LeavesNothing(string command, params string[] args)
    {
        await ToolRun.DoneAsync([command, Model, .. args, "--sidecar", "off"]);
        Assert.Empty(_folder.Names);
        Assert.False(Directory.Exists(Sidecars));
    }

    [Fact]
    public async Task Empty_IsWrongUsage() =>
        (await ToolRun.OfAsync("stream", Model, "--sidecar", "")).AssertOneLineError(2, "--sidecar");

    [Fact]
    public async Task Folder_ThatCannotBe_IsAWarningAndTheJobIsDone()
    {
        File.WriteAllText(_folder["file"], "");
        ToolRun run = await ToolRun.DoneAsync("stream", Model, "--passes", "1", "--sidecar", Path.Combine(_folder["file"], "below"));
        Assert.Single(run.Error.Split('\n'), line => line.Contains("could not be saved", StringComparison.Ordinal));
    }
}
