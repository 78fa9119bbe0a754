using WasmChord.Memory64;

namespace WasmChord.Inference.Tests;

public sealed class ForwardPassTests : IDisposable
{
    private static readonly TinyModel s_dense = new("llama");
    private static readonly TinyModel s_experts = new("qwen3moe") { Experts = 8, ExpertsUsed = 2 };
    private static readonly TokenId[] s_tokens = [.. Enumerable.Range(0, 12).Select(i => new TokenId(i * 3 % 40))];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Models => new("dense", "experts");

    [Theory]
    [MemberData(nameof(Models))]
    public void Run_WhenAnyAcquisitionFails_LeavesSequencesAndWorksAgain(string name)
    {
        AssertRecovers(name, (source, at) => source.OnAcquire = n =>
        {
            if (n == at) throw new WeightsUnavailableException("told to fail");
        }, typeof(WeightsUnavailableException), default);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Run_WhenAnyLeaseWasTakenBack_IsWeightsUnavailable(string name) =>
        AssertRecovers(name, (source, at) => source.RevokeAt = at, typeof(WeightsUnavailableException), default);

    [Theory]
    [MemberData(nameof(Models))]
    public void Run_CancelledAtAnySegment_EndsBeforeTheNext(string name)
    {
        using LoadedModel model = Load(name, streams: true);
        float[] expected = model.Run(s_tokens, 12);
        int segments = model.Streamed.Acquired.Count;
        for (int at = 0; at < segments - 1; at++)
        {
            using CancellationTokenSource cancellation = new();
            using KvSequence sequence = Sequence(model, 12);
            model.Streamed.OnAcquire = n =>
            {
                if (n == at) cancellation.Cancel();
            };
            Assert.ThrowsAny<OperationCanceledException>(() => model.Pass.Run([new WaveSlice(sequence, s_tokens, 0)], cancellation.Token));
            Assert.Equal(at + 1, model.Streamed.Acquired.Count);
            Assert.False(model.Streamed.IsInWave);
            Assert.Equal(0, sequence.Length);
        }

        model.Streamed.OnAcquire = null;
        Assert.Equal(expected, model.Run(s_tokens, 12));
    }

    [Fact]
    public void Run_OfManySequences_AcquiresEachSegmentOnce()
    {
        using LoadedModel model = Load("dense", streams: true);
        KvSequence[] sequences = [.. Enumerable.Range(0, 5).Select(_ => Sequence(model, 4))];
        model.Pass.Run([.. sequences.Select(s => new WaveSlice(s, s_tokens.AsMemory(0, 4), 3))]);
        Assert.Equal(model.Model.VisitOrder, model.Streamed.Acquired.Select(s => s.Id));
        Assert.Equal(1, model.Streamed.Waves);
        Assert.All(sequences, s => Assert.Equal(4, s.Length));
        foreach (KvSequence sequence in sequences) sequence.Dispose();
    }

    [Fact]
    public void Run_WithoutLogitsWanted_LeavesTheHeadAlone()
    {
        using LoadedModel model = Load("dense", streams: true);
        using KvSequence sequence = Sequence(model, 12);
        model.Pass.Run([new WaveSlice(sequence, s_tokens, 12)]);
        int head = model.Model.Output.Tiles().Length;
        Assert.Equal(model.Model.VisitOrder.SkipLast(head), model.Streamed.Acquired.Select(s => s.Id));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Pass.Logits(0, 11).Length);
    }

    [Fact]
    public void Run_OfExperts_AcquiresOnlyThoseRoutedTo()
    {
        using LoadedModel model = Load("experts", streams: true);
        using KvSequence sequence = Sequence(model, 1);
        model.Pass.Run([new WaveSlice(sequence, s_tokens.AsMemory(0, 1), 0)]);
        foreach (BlockWeights block in model.Model.Blocks)
        {
            int[] down = [.. Enumerable.Range(0, 8).Where(e => model.Streamed.Acquired.Contains(block.Down.Tiles(e)[0].Segment))];
            Assert.Equal(2, down.Length);
            foreach ((WeightMatrix matrix, _) in block.GateAndUp)
                Assert.Equal(down, Enumerable.Range(0, 8).Where(e => model.Streamed.Acquired.Contains(matrix.Tiles(e)[0].Segment)));
        }

        Assert.Equal(model.Streamed.Acquired.Count, model.Streamed.Acquired.Distinct().Count());
    }

    [Theory]
    [InlineData("blk.1.ffn_down.weight")]
    [InlineData("blk.0.attn_q.weight")]
    [InlineData("blk.0.attn_v.weight")]
    [InlineData("output.weight")]
    [InlineData("token_embd.weight")]
    public void Run_OnAMatrixWithNaN_IsRefused(string damaged)
    {
        string path = s_dense.Write(_folder["nan.gguf"], (name, tensor) =>
        {
            if (name == damaged) tensor.Values.AsSpan().Fill(float.NaN);
            return tensor;
        });
        foreach (MatMulScheme scheme in new[] { MatMulScheme.Float, MatMulScheme.Integer })
        {
            using LoadedModel model = new(path, scheme, context: 64);
            using KvSequence sequence = Sequence(model, 12);
            InferenceException e = Assert.Throws<InferenceException>(() => model.Pass.Run([new WaveSlice(sequence, s_tokens, 11)]));
            Assert.Equal(InferenceError.NotFinite, e.Error);
            Assert.Equal(0, sequence.Length);
        }
    }

    [Fact]
    public void Run_OfWhatCannotBeRun_IsRefusedBeforeAnythingIsRead()
    {
        using LoadedModel model = Load("dense", streams: true, context: 20, maxPositions: 16);
        using KvSequence sequence = Sequence(model, 32), other = Sequence(model, 32), small = Sequence(model, 16);
        TokenId[] tokens = [.. Enumerable.Repeat(new TokenId(1), 17)];
        model.Pass.Run([new WaveSlice(small, tokens.AsMemory(0, 14), 14)]);
        int waves = model.Streamed.Waves;

        Refused(InferenceError.InvalidOption);
        Refused(InferenceError.InvalidToken, new WaveSlice(sequence, default, 0));
        Refused(InferenceError.InvalidToken, new WaveSlice(sequence, new TokenId[] { new(40) }, 0));
        Refused(InferenceError.InvalidToken, new WaveSlice(sequence, new TokenId[] { new(3), new(-1) }, 0));
        Refused(InferenceError.InvalidOption, new WaveSlice(sequence, new TokenId[] { new(3) }, 2));
        Refused(InferenceError.InvalidOption, new WaveSlice(sequence, new TokenId[] { new(3) }, -1));
        Refused(InferenceError.ContextExceeded, new WaveSlice(sequence, tokens, 17));
        Refused(InferenceError.ContextExceeded, new WaveSlice(sequence, tokens.AsMemory(0, 10), 10), new WaveSlice(other, tokens.AsMemory(0, 7), 7));
        Refused(InferenceError.ContextExceeded, new WaveSlice(small, tokens.AsMemory(0, 3), 3));
        Refused(InferenceError.InvalidOption, new WaveSlice(sequence, tokens.AsMemory(0, 1), 1), new WaveSlice(sequence, tokens.AsMemory(0, 1), 1));
        model.Pass.Run([new WaveSlice(small, tokens.AsMemory(0, 2), 2)]);
        Assert.Equal(16, small.Length);
        Assert.True(small.TryGrow(32));
        Refused(InferenceError.ContextExceeded, new WaveSlice(small, tokens.AsMemory(0, 5), 5));

        using KvCache foreign = new(ModelConfigTests.Read(s_dense with { Blocks = 3 }), KvType.F32) { LimitBytes = long.MaxValue };
        using KvSequence stranger = foreign.CreateSequence();
        Assert.True(stranger.TryGrow(4));
        Refused(InferenceError.InvalidOption, new WaveSlice(stranger, tokens.AsMemory(0, 1), 1));
        Assert.Equal(waves + 1, model.Streamed.Waves);

        void Refused(InferenceError error, params WaveSlice[] slices)
        {
            int[] lengths = [.. slices.Select(s => s.Sequence.Length)];
            Assert.Equal(error, Assert.Throws<InferenceException>(() => model.Pass.Run(slices)).Error);
            Assert.Equal(lengths, slices.Select(s => s.Sequence.Length));
        }
    }

    [Theory]
    [InlineData(0, 0, 16)]
    [InlineData(4, 5, 16)]
    [InlineData(4, -1, 16)]
    [InlineData(4, 4, 0)]
    [InlineData(int.MaxValue, 1, 16)]
    [InlineData(4, 4, int.MaxValue)]
    public void ForwardPass_OfBoundsThatAreNone_IsRefused(int positions, int logitRows, int context)
    {
        using LoadedModel model = Load("dense");
        ForwardOptions options = new(positions, logitRows, context);
        Assert.Equal(InferenceError.InvalidOption, Assert.Throws<InferenceException>(() => ForwardPass.ScratchBytes(model.Model.Config, options, 2)).Error);
        Assert.Equal(InferenceError.InvalidOption, Assert.Throws<InferenceException>(() => new ForwardPass(model.Model, model.Source, model.Pool, options)).Error);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void ScratchBytes_OfAnyBounds_AreWhatAPassHolds(string name)
    {
        using LoadedModel model = Load(name);
        foreach (ForwardOptions options in new ForwardOptions[] { new(1, 0, 1), new(7, 3, 100), new(300, 300, 5000) })
        {
            using ForwardPass pass = new(model.Model, model.Source, model.Pool, options);
            Assert.Equal(pass.HeldBytes, ForwardPass.ScratchBytes(model.Model.Config, options, model.Pool.ThreadCount));
        }
    }

    public void Dispose() => _folder.Dispose();

    private void AssertRecovers(string name, Action<StreamedLayerSource, int> break_, Type exception, CancellationToken cancellation)
    {
        using LoadedModel model = Load(name, streams: true);
        float[] expected = model.Run(s_tokens, 4);
        using KvSequence sequence = Sequence(model, 12);
        model.Pass.Run([new WaveSlice(sequence, s_tokens.AsMemory(0, 4), 4)]);
        for (int at = 0, segments = 1; at < segments; at++)
        {
            break_(model.Streamed, at);
            Assert.Throws(exception, () => model.Pass.Run([new WaveSlice(sequence, s_tokens.AsMemory(4), 0)], cancellation));
            Assert.Equal(4, sequence.Length);
            Assert.False(model.Streamed.IsInWave);
            model.Streamed.OnAcquire = null;
            model.Streamed.RevokeAt = -1;
            model.Pass.Run([new WaveSlice(sequence, s_tokens.AsMemory(4), 0)]);
            segments = model.Streamed.Acquired.Count;
            int vocabulary = model.Model.Config.VocabularySize;
            for (int t = 0; t < 8; t++) Assert.Equal(expected.AsSpan((4 + t) * vocabulary, vocabulary), model.Pass.Logits(0, t));
            sequence.Truncate(4);
            Assert.True(sequence.TryGrow(12));
        }
    }

    private LoadedModel Load(string name, bool streams = false, int context = 64, int maxPositions = 64)
    {
        string path = _folder[name + ".gguf"];
        if (!File.Exists(path)) (name == "dense" ? s_dense : s_experts).Write(path);
        return new LoadedModel(path, MatMulScheme.Integer, threads: 3, image: new ImageOptions { TileBytes = 4096 }, context: context, streams: streams, maxPositions: maxPositions);
    }

    private static KvSequence Sequence(LoadedModel model, int positions)
    {
        KvSequence sequence = model.Cache.CreateSequence();
        Assert.True(sequence.TryGrow(positions));
        return sequence;
    }
}
