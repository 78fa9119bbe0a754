using WasmChord.Gguf;
using WasmChord.Memory64;
using WasmChord.TestData;

namespace WasmChord.Inference.Tests;

public sealed class ResidentLayerSourceTests
{
    [Fact]
    public async Task Acquire_OfAnySegment_GivesTheFilesBytes()
    {
        using TemporaryFolder folder = new();
        string path = new TinyModel("llama") { Experts = 4 }.Write(folder["tiny.gguf"]);
        using GgufModel model = await GgufModel.OpenAsync(path);
        using ResidentLayerSource source = ResidentLayerSource.Load(model, new ImageOptions { TileBytes = 4096 });
        byte[] file = await File.ReadAllBytesAsync(path);
        foreach (Segment segment in source.Layout.Segments.Segments.ToArray())
            Assert.True(HoldsTheFilesBytes(source.Acquire(segment), segment, file));

        TensorInfo tensor = model.Tensors[3];
        byte[] part = new byte[16];
        source.Read(tensor, 8, part);
        Assert.Equal(file.AsSpan((int)tensor.FileOffset + 8, 16).ToArray(), part);
        Assert.Throws<WeightsUnavailableException>(() => source.Read(tensor, file.Length, part));
    }

    [Fact]
    public async Task Load_OfATruncatedFile_FailsAndLeavesNothingOpen()
    {
        using TemporaryFolder folder = new();
        string path = new TinyModel("llama").Write(folder["tiny.gguf"]);
        using GgufModel model = await GgufModel.OpenAsync(path);
        using (FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(file.Length / 2);
        Assert.Throws<StorageException>(() => ResidentLayerSource.Load(model));
    }

    [SkippableFact]
    public void Load_OfShards_RunsAsTheWholeDoes()
    {
        string whole = SharedTestData.Require("models/stories260K.gguf"), split = SharedTestData.Require("models/split");
        TokenId[] tokens = [new(1), new(403), new(407), new(261)];
        using LoadedModel one = new(whole, MatMulScheme.Float), three = new(Directory.GetFiles(split, "*-00001-of-*.gguf").Single(), MatMulScheme.Float);
        Assert.Equal(one.Run(tokens, 4), three.Run(tokens, 4));
    }

    private static bool HoldsTheFilesBytes(LayerLease lease, Segment segment, byte[] file)
    {
        if (!lease.TryRead(out LeaseReader reader)) return false;
        using (reader) return reader.Bytes(segment).SequenceEqual(file.AsSpan((int)segment.FileOffset, (int)segment.FileByteLength));
    }
}
