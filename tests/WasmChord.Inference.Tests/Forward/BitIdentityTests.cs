using WasmChord.Gguf;
using WasmChord.Memory64;
using WasmChord.TestData;

namespace WasmChord.Inference.Tests;

/// <summary>A sequence's logits have the same bits whatever surrounds it and however the work is divided.</summary>
public sealed class BitIdentityTests : IDisposable
{
    // Rows of 256 values: what K-quants need. Every matrix has three tiles or more at 4 KiB each.
    private static readonly TinyModel s_wide = new("llama")
    {
        Hidden = 256, Heads = 8, KvHeads = 2, KeyDim = 32, ValueDim = 32, FeedForward = 512, Vocabulary = 160, Type = GgmlType.Q4_K,
    };

    private static readonly TinyModel s_experts = new("llama") { Experts = 8, KeyDim = 32, ValueDim = 32, Hidden = 64, FeedForward = 96 };

    private static readonly TokenId[] s_tokens = [.. Enumerable.Range(0, 40).Select(i => new TokenId((i * 7 + i * i) % 40))];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, MatMulScheme, KvType> Cases { get; } = new()
    {
        { "wide", MatMulScheme.Integer, KvType.F32 },
        { "wide", MatMulScheme.Integer, KvType.F16 },
        { "wide", MatMulScheme.Integer, KvType.Q8_0 },
        { "wide", MatMulScheme.Float, KvType.Q8_0 },
        { "experts", MatMulScheme.Integer, KvType.F16 },
        { "experts", MatMulScheme.Float, KvType.F32 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_WhateverTheChunk_AreTheSameBits(string name, MatMulScheme scheme, KvType kv)
    {
        using LoadedModel model = Load(name, scheme, kv);
        float[] one = model.Run(s_tokens, 1);
        foreach (int chunk in new[] { 2, 3, 5, 16, 17, 33, 40 }) AssertSameBits(one, model.Run(s_tokens, chunk), $"chunks of {chunk}");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_WhateverTheThreadsTilesAndResidency_AreTheSameBits(string name, MatMulScheme scheme, KvType kv)
    {
        using LoadedModel model = Load(name, scheme, kv, threads: 1);
        float[] expected = model.Run(s_tokens, 16);
        foreach (int threads in new[] { 1, 2, 3, 5 })
        {
            ImageOptions tiles = new() { TileBytes = 4096 };
            using LoadedModel resident = Load(name, scheme, kv, threads, tiles);
            AssertSameBits(expected, resident.Run(s_tokens, 16), $"{threads} threads");
            using LoadedModel streamed = Load(name, scheme, kv, threads, tiles, streams: true);
            AssertSameBits(expected, streamed.Run(s_tokens, 16), $"{threads} threads, streamed");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_WhoeverIsInTheWave_AreTheSameBits(string name, MatMulScheme scheme, KvType kv)
    {
        using LoadedModel model = Load(name, scheme, kv);
        Random random = new(3);
        // Sequences join and leave between waves, with chunks of all lengths; each is compared with its solo run.
        TokenId[][] prompts = [.. Enumerable.Range(0, 12).Select(_ => Enumerable.Range(0, random.Next(1, 40)).Select(_ => new TokenId(random.Next(40))).ToArray())];
        float[][] solo = [.. prompts.Select(p => model.Run(p, p.Length))];
        KvSequence[] sequences = [.. prompts.Select(_ => model.Cache.CreateSequence())];
        List<float>[] logits = [.. prompts.Select(_ => new List<float>())];
        while (true)
        {
            int[] open = [.. Enumerable.Range(0, prompts.Length).Where(i => sequences[i].Length < prompts[i].Length)];
            if (open.Length == 0) break;
            random.Shuffle(open);
            List<WaveSlice> wave = [];
            int room = 64;
            foreach (int i in open.Take(random.Next(1, open.Length + 1)))
            {
                int count = Math.Min(Math.Min(room, prompts[i].Length - sequences[i].Length), random.Next(1, 9));
                if (count == 0) break;
                Assert.True(sequences[i].TryGrow(sequences[i].Length + count));
                wave.Add(new WaveSlice(sequences[i], prompts[i].AsMemory(sequences[i].Length, count), 0));
                room -= count;
            }

            model.Pass.Run([.. wave]);
            for (int s = 0; s < wave.Count; s++)
            {
                int i = Array.IndexOf(sequences, wave[s].Sequence);
                for (int t = 0; t < wave[s].Tokens.Length; t++) logits[i].AddRange(model.Pass.Logits(s, t));
            }
        }

        for (int i = 0; i < prompts.Length; i++)
        {
            AssertSameBits(solo[i], [.. logits[i]], $"sequence {i}");
            sequences[i].Dispose();
        }

        Assert.Equal(0, model.Cache.UsedBytes);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_AfterPositionsWereForgotten_AreTheSameBits(string name, MatMulScheme scheme, KvType kv)
    {
        using LoadedModel model = Load(name, scheme, kv);
        float[] expected = model.Run(s_tokens, 8);
        using KvSequence sequence = model.Cache.CreateSequence();
        Assert.True(sequence.TryGrow(40));
        model.Pass.Run([new WaveSlice(sequence, s_tokens.AsMemory(0, 20), 20)]);
        model.Pass.Run([new WaveSlice(sequence, new TokenId[] { new(1), new(2), new(3) }, 3)]);
        sequence.Truncate(20);
        Assert.True(sequence.TryGrow(40));
        model.Pass.Run([new WaveSlice(sequence, s_tokens.AsMemory(20), 0)]);
        int vocabulary = model.Model.Config.VocabularySize;
        for (int t = 0; t < 20; t++)
            AssertSameBits(expected.AsSpan((20 + t) * vocabulary, vocabulary).ToArray(), model.Pass.Logits(0, t).ToArray(), $"token {20 + t}");
    }

    [Fact]
    public void WideModel_AtSmallTiles_HasThreeOrMoreOfEachMatrix()
    {
        using LoadedModel model = Load("wide", MatMulScheme.Integer, KvType.F16, image: new ImageOptions { TileBytes = 4096 });
        foreach (BlockWeights block in model.Model.Blocks)
        {
            foreach (WeightMatrix matrix in block.Projections.Concat(block.GateAndUp).Select(p => p.Matrix).Append(block.AttentionOutput).Append(block.Down))
                Assert.True(matrix.Tiles().Length >= 3, $"{matrix.Tensor.Name} has {matrix.Tiles().Length}");
        }

        Assert.True(model.Model.Output.Tiles().Length >= 3);
    }

    [SkippableTheory]
    [InlineData("stories260K", KvType.F16)]
    [InlineData("stories260K-wide4-Q4_K_M", KvType.F32)]
    [InlineData("stories260K-wide4-IQ2_XXS", KvType.F16)]
    [InlineData("stories260K-wide4-TQ1_0", KvType.F32)]
    public void Logits_OfRealWeights_AreTheSameBitsStreamedInChunks(string file, KvType kv)
    {
        string path = SharedTestData.Require($"models/{file}.gguf");
        TokenId[] tokens = [.. new[] { 1, 403, 407, 261, 378, 432, 383, 286, 261, 376, 298, 315 }.Select(i => new TokenId(i))];
        using LoadedModel resident = new(path, MatMulScheme.Integer, kv, threads: 1);
        using LoadedModel streamed = new(path, MatMulScheme.Integer, kv, threads: 3, image: new ImageOptions { TileBytes = 4096 }, streams: true);
        AssertSameBits(resident.Run(tokens, 1), streamed.Run(tokens, 5), file);
    }

    public void Dispose() => _folder.Dispose();

    private LoadedModel Load(string name, MatMulScheme scheme, KvType kv, int threads = 2, ImageOptions? image = null, bool streams = false)
    {
        string path = _folder[name + ".gguf"];
        if (!File.Exists(path)) (name == "wide" ? s_wide : s_experts).Write(path);
        return new LoadedModel(path, scheme, kv, threads, image: image, context: 64, streams: streams);
    }

    private static void AssertSameBits(float[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
                Assert.Fail($"{what}: value {i} is {actual[i]:r}, not {expected[i]:r}");
        }
    }
}
