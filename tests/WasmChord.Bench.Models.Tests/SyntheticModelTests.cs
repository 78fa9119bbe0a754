using WasmChord.Gguf;
using WasmChord.Kernels;
using WasmChord.TestData;

namespace WasmChord.Bench.Models.Tests;

public sealed class SyntheticModelTests
{
    public static TheoryData<string, string> SmallModels { get; } = new()
    {
        { "tiny", "Q4_K_M" }, { "tiny", "Q8_0" }, { "tiny", "F16" }, { "tiny", "BF16" }, { "tiny", "F32" }, { "tiny", "Q2_K" },
        { "tiny", "Q5_K_M" }, { "tiny", "IQ3_S" }, { "tiny", "MXFP4" }, { "demo", "Q4_K_M" }, { "mixtral-tiny", "Q4_K_M" },
    };

    [Theory]
    [MemberData(nameof(SmallModels))]
    public async Task Write_OfASmallModel_OpensWithAllLayersAndFiniteValues(string name, string types)
    {
        using TemporaryFolder folder = new();
        Assert.True(ModelShapes.TryGet(name, out ModelShape? shape));
        string path = folder.File("model.gguf");
        await SyntheticModel.WriteAsync(shape, TypeMix.Parse(types), 1, path);

        await using GgufModel model = await GgufModel.OpenAsync(path);
        AssertDescribes(model, shape);
        Assert.True(model.HasTensorData);
        byte[] file = await File.ReadAllBytesAsync(path);
        foreach (TensorInfo tensor in model.Tensors)
        {
            float[] values = new float[tensor.Shape.ValueCount];
            Dequantizer.ToFloat(tensor.Type, file.AsSpan((int)tensor.FileOffset, (int)tensor.ByteLength), values);
            Assert.True(Array.TrueForAll(values, float.IsFinite), tensor.Name);
            Assert.True(values.Distinct().Skip(1).Any(), tensor.Name);
        }
    }

    [Fact]
    public async Task Header_OfLlama2_7B_MapsEveryTensorToALayer()
    {
        MemoryStream header = new();
        await SyntheticModel.Writer(new ModelPlan(ModelShapes.Llama2_7B, TypeMix.Q4_K_M), 1).WriteHeaderAsync(header);
        await using GgufModel model = await GgufModel.OpenAsync([new StreamGgufSource(header)]);
        AssertDescribes(model, ModelShapes.Llama2_7B);
        Assert.Equal(34, model.Manifest.Layers.Count);
        Assert.Equal(4_080_263_168, model.TensorBytes);
        // 4.08 GB, as real files of this shape; they differ in the length of their vocabulary's texts.
        Assert.InRange(header.Length + model.TensorBytes, 4_080_900_000, 4_081_300_000);
    }

    [Fact]
    public async Task Write_OfTheSameSeed_GivesTheSameBytes_AndOfAnotherOthers()
    {
        byte[] first = await BytesOf(ModelShapes.Tiny, 7), second = await BytesOf(ModelShapes.Tiny, 7), other = await BytesOf(ModelShapes.Tiny, 8);
        Assert.Equal(first, second);
        Assert.Equal(first.Length, other.Length);
        await using GgufModel model = await GgufModel.OpenAsync([new StreamGgufSource(new MemoryStream(first))]);
        Assert.All(model.Tensors, tensor => Assert.False(DataOf(first, tensor).SequenceEqual(DataOf(other, tensor)), tensor.Name));
    }

    [Fact]
    public async Task Weights_MadeByMoreThreads_AreTheSame()
    {
        // Five chunks and a part.
        PlannedTensor tensor = new("blk.0.ffn_up.weight", TensorRole.FeedForwardUp, GgmlType.Q4_K, new TensorShape(2, 4096, 5000));
        MemoryStream alone = new(), together = new();
        await new SyntheticWeights(3, chunksAhead: 1).WriteAsync(tensor, alone, CancellationToken.None);
        await new SyntheticWeights(3, chunksAhead: 7).WriteAsync(tensor, together, CancellationToken.None);
        Assert.Equal(tensor.ByteLength, alone.Length);
        Assert.True(alone.ToArray().AsSpan().SequenceEqual(together.ToArray()));
    }

    [Fact]
    public async Task Write_OfDifferentLayers_GivesDifferentWeights()
    {
        byte[] file = await BytesOf(ModelShapes.Demo, 1);
        await using GgufModel model = await GgufModel.OpenAsync([new StreamGgufSource(new MemoryStream(file))]);
        Assert.True(model.TryGetTensor("blk.0.ffn_up.weight", out TensorInfo? first));
        Assert.True(model.TryGetTensor("blk.1.ffn_up.weight", out TensorInfo? second));
        Assert.False(DataOf(file, first).SequenceEqual(DataOf(file, second)));
    }

    [Fact]
    public async Task Demo_WrittenAgain_EqualsTheCommittedFile()
    {
        byte[] committed = await File.ReadAllBytesAsync(Path.Combine(SharedTestData.RepositoryRoot, "examples", "models", "demo.gguf"));
        Assert.InRange(committed.Length, 1, 2_500_000);
        byte[] again = await BytesOf(ModelShapes.Demo, 1);
        Assert.True(committed.AsSpan().SequenceEqual(again));
    }

    private static async Task<byte[]> BytesOf(ModelShape shape, ulong seed)
    {
        MemoryStream stream = new();
        await SyntheticModel.Writer(new ModelPlan(shape, TypeMix.Q4_K_M), seed).WriteAsync(stream);
        return stream.ToArray();
    }

    private static ReadOnlySpan<byte> DataOf(byte[] file, TensorInfo tensor) => file.AsSpan((int)tensor.FileOffset, (int)tensor.ByteLength);

    private static void AssertDescribes(GgufModel model, ModelShape shape)
    {
        Assert.Equal("llama", model.Architecture);
        Assert.True(model.Manifest.IsBlockCountConsistent);
        Assert.Empty(model.Manifest.Unknown);
        Assert.Equal(shape.LayerCount + 2, model.Manifest.Layers.Count);
        Assert.Equal(shape.HiddenSize, Number(model, "llama.embedding_length"));
        Assert.Equal(shape.FeedForwardLength, Number(model, "llama.feed_forward_length"));
        Assert.Equal(shape.HeadCount, Number(model, "llama.attention.head_count"));
        Assert.Equal(shape.KvHeadCount, Number(model, "llama.attention.head_count_kv"));
        Assert.Equal(shape.HeadSize, Number(model, "llama.rope.dimension_count"));
        Assert.Equal(shape.ContextLength, Number(model, "llama.context_length"));
        Assert.True(model.Metadata.TryGetString("tokenizer.ggml.model", out string? tokenizer));
        Assert.Equal("llama", tokenizer);
    }

    private static long Number(GgufModel model, string key) => model.Metadata.TryGetInt64(key, out long value) ? value : -1;
}
