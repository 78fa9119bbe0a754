using System.Security.Cryptography;
using WasmChord.Gguf;

namespace WasmChord.Cli.Tests;

public sealed class DemoModelTests
{
    [Fact]
    public async Task Model_FromTheAssembly_OpensAsALlamaOfItsSize()
    {
        using TempFolder folder = new();
        string path = DemoModel.Materialize([folder.Root]);

        using GgufModel model = await GgufModel.OpenAsync(path);

        Assert.Equal("llama", model.Architecture);
        Assert.True(model.Metadata.TryGetString("general.name", out string? name));
        Assert.Equal("WasmChord Stories", name);
        Assert.True(model.Metadata.TryGetString("general.license", out string? license));
        Assert.Equal("mit", license);
        Assert.True(model.Metadata.TryGetString("tokenizer.ggml.model", out string? tokenizer));
        Assert.Equal("llama", tokenizer);
        Assert.True(new FileInfo(path).Length <= 3_000_000);
        Assert.InRange(model.Tensors.Sum(tensor => tensor.Shape.ValueCount), 1_000_000, 3_000_000);
    }

    [Fact]
    public void Materialize_Twice_LeavesOneFileAndDoesNotWriteItAgain()
    {
        using TempFolder folder = new();
        string first = DemoModel.Materialize([folder.Root]);
        DateTime longAgo = new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(first, longAgo);

        string second = DemoModel.Materialize([folder.Root]);

        Assert.Equal(first, second);
        Assert.Equal(longAgo, File.GetLastWriteTimeUtc(second));
        Assert.Single(Directory.GetFiles(folder.Root));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public void Materialize_OverADamagedFile_ReplacesIt(int keptBytes)
    {
        using TempFolder folder = new();
        string path = DemoModel.Materialize([folder.Root]);
        byte[] bytes = File.ReadAllBytes(path);
        if (keptBytes == 0) bytes[^1] ^= 1;
        File.WriteAllBytes(path, keptBytes == 0 ? bytes : bytes[..keptBytes]);

        Assert.Equal(path, DemoModel.Materialize([folder.Root]));

        Assert.Equal(DemoModel.Hash.ToArray(), SHA256.HashData(File.ReadAllBytes(path)));
        Assert.Single(Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void Materialize_WhereAFolderCannotBe_TakesTheNext()
    {
        using TempFolder folder = new();
        string file = Path.Combine(folder.Root, "file");
        File.WriteAllText(file, "no folder");

        string path = DemoModel.Materialize([Path.Combine(file, "cache"), Path.Combine(folder.Root, "next")]);

        Assert.Equal(Path.Combine(folder.Root, "next"), Path.GetDirectoryName(path));
    }

    [Fact]
    public void Materialize_Nowhere_SaysSo()
    {
        using TempFolder folder = new();
        string file = Path.Combine(folder.Root, "file");
        File.WriteAllText(file, "no folder");

        ToolException e = Assert.Throws<ToolException>(() => DemoModel.Materialize([Path.Combine(file, "cache")]));

        Assert.Equal("no_cache", e.Code);
    }

    [Fact]
    public async Task Materialize_ByManyAtOnce_GivesAllTheWholeFile()
    {
        using TempFolder folder = new();

        string[] paths = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => DemoModel.Materialize([folder.Root]))));

        Assert.Single(paths.Distinct());
        Assert.Single(Directory.GetFiles(folder.Root));
    }
}
