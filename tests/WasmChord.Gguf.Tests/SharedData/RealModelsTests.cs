using WasmChord.TestData;

namespace WasmChord.Gguf.Tests;

/// <summary>Real models: what they hold, and that copies, shards and merges of them are the same to the byte.</summary>
public class RealModelsTests
{
    [SkippableFact]
    public async Task Open_Stories_DescribesItsLayers()
    {
        using GgufModel model = await GgufModel.OpenAsync(SharedTestData.Require("models/stories260K.gguf"));

        Assert.Equal("llama", model.Architecture);
        Assert.Equal((48, 7), (model.Tensors.Count, model.Manifest.Layers.Count));
        Assert.Empty(model.Manifest.Unknown);
        Assert.True(model.Manifest.IsBlockCountConsistent);
        Assert.Equal(model.TensorBytes, model.Manifest.Layers.Sum(layer => layer.ByteLength));
        Assert.True(model.Metadata.TryGetArray("tokenizer.ggml.tokens", out GgufArray? array));
        string[] tokens = await array.ReadStringsAsync();
        Assert.Equal(["<unk>", "<s>", "</s>", "<0x00>"], tokens[..4]);
        Assert.True(model.Metadata.TryGetDouble("llama.attention.layer_norm_rms_epsilon", out double epsilon));
        Assert.Equal(1e-5f, (float)epsilon);
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Open_AnyShardOfStories_HoldsTheSameTensors(int shard)
    {
        using GgufModel whole = await GgufModel.OpenAsync(SharedTestData.Require("models/stories260K.gguf"));
        using GgufModel split = await GgufModel.OpenAsync(SharedTestData.Require($"models/split/stories260K-split-0000{shard}-of-00003.gguf"));

        Assert.Equal(3, split.Files.Count);
        Assert.Equal(whole.Tensors.Count, split.Tensors.Count);
        Assert.Equal(whole.TensorBytes, split.TensorBytes);
        foreach (TensorInfo expected in whole.Tensors)
        {
            Assert.True(split.TryGetTensor(expected.Name, out TensorInfo? actual));
            Assert.Equal((expected.Type, expected.Shape), (actual.Type, actual.Shape));
            Assert.Equal(whole.Manifest.LayerOf(expected.Name), split.Manifest.LayerOf(expected.Name));
            Assert.Equal(await DataAsync(whole, expected), await DataAsync(split, actual));
        }
    }

    [SkippableFact]
    public async Task Copy_EveryModelAndVocabulary_IsTheSameToTheByte()
    {
        string[] paths =
        [
            .. Directory.GetFiles(SharedTestData.Require("models"), "*.gguf"),
            .. Directory.GetFiles(SharedTestData.Require("vocab"), "*.gguf"),
        ];
        foreach (string path in paths)
        {
            using GgufModel model = await GgufModel.OpenAsync(path);
            MemoryStream copy = new();
            await GgufWriter.From(model).WriteAsync(copy);
            byte[] original = await File.ReadAllBytesAsync(path);
            // Padding carries nothing; one of the files has other bytes than zeros there.
            original.AsSpan((int)model.HeaderBytes, (int)(model.Files[0].TensorDataOffset - model.HeaderBytes)).Clear();
            // ggml pads the header of a file without tensors or not, depending on its age.
            Assert.True(original.AsSpan().SequenceEqual(copy.GetBuffer().AsSpan(0, (int)copy.Length)[..original.Length]), path);
            Assert.InRange(copy.Length - original.Length, 0, model.Tensors.Count == 0 ? 31 : 0);
        }
    }

    [SkippableFact]
    public async Task Merge_ShardsOfLlamaCpp_IsTheOriginal()
    {
        using GgufModel split = await GgufModel.OpenAsync(SharedTestData.Require("models/split/stories260K-split-00001-of-00003.gguf"));
        MemoryStream merged = new();
        await GgufWriter.From(split).WriteAsync(merged);

        Assert.Equal(await File.ReadAllBytesAsync(SharedTestData.Require("models/stories260K.gguf")), merged.ToArray());
    }

    [SkippableFact]
    public async Task Split_LikeLlamaCpp_MakesTheSameShards()
    {
        using TemporaryFolder folder = new();
        using GgufModel whole = await GgufModel.OpenAsync(SharedTestData.Require("models/stories260K.gguf"));
        using GgufModel theirs = await GgufModel.OpenAsync(SharedTestData.Require("models/split/stories260K-split-00001-of-00003.gguf"));

        IReadOnlyList<string> paths = await GgufSplitWriter.WriteAsync(
            GgufWriter.From(whole), folder.File("stories260K-split"), new GgufSplitOptions(theirs.Files[0].Tensors.Count));

        Assert.Equal(3, paths.Count);
        for (int i = 0; i < paths.Count; i++)
            Assert.Equal(await File.ReadAllBytesAsync(theirs.Files[i].Name), await File.ReadAllBytesAsync(paths[i]));
    }

    private static async Task<byte[]> DataAsync(GgufModel model, TensorInfo tensor)
    {
        byte[] data = new byte[tensor.ByteLength];
        int read = 0;
        while (read < data.Length)
            read += await model.Files[tensor.FileIndex].Source.ReadAsync(data.AsMemory(read), tensor.FileOffset + read);
        return data;
    }
}
