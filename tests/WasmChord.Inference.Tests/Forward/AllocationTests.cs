using WasmChord.Gguf;

namespace WasmChord.Inference.Tests;

/// <summary>Steady decode allocates nothing, neither on the thread of the pass nor on those of the pool.</summary>
public sealed class AllocationTests
{
    [Theory]
    [InlineData("llama", 0, GgmlType.F32, MatMulScheme.Float)]
    [InlineData("llama", 0, GgmlType.Q4_K, MatMulScheme.Integer)]
    [InlineData("llama", 8, GgmlType.Q8_0, MatMulScheme.Integer)]
    [InlineData("qwen3moe", 8, GgmlType.F16, MatMulScheme.Integer)]
    [InlineData("phi3", 0, GgmlType.Q6_K, MatMulScheme.Integer)]
    public void Decode_OnceWarm_AllocatesNothing(string architecture, int experts, GgmlType type, MatMulScheme scheme)
    {
        TinyModel tiny = new(architecture)
        {
            Hidden = 256, Heads = 8, KeyDim = 32, ValueDim = 32, FeedForward = 256, Experts = experts, Type = type,
        };
        using TemporaryFolder folder = new();
        using LoadedModel model = new(tiny.Write(folder["tiny.gguf"]), scheme, KvType.F16, threads: 3);
        KvSequence[] sequences = [model.Cache.CreateSequence(), model.Cache.CreateSequence()];
        foreach (KvSequence sequence in sequences) Assert.True(sequence.TryGrow(200));
        TokenId[] tokens = [.. Enumerable.Range(0, 8).Select(i => new TokenId(i))];
        WaveSlice[] prefill = [.. sequences.Select(s => new WaveSlice(s, tokens, 7))];
        WaveSlice[] decode = [.. sequences.Select(s => new WaveSlice(s, tokens.AsMemory(0, 1), 0))];
        model.Pass.Run(prefill);
        AllocationMeter meter = new(3);
        for (int i = 0; i < 40; i++) model.Pass.Run(decode);
        model.Pool.Run(meter);
        for (int i = 0; i < 40; i++) model.Pass.Run(decode);
        model.Pool.Run(meter);
        Assert.Equal([0L, 0L, 0L], meter.Allocated);
        foreach (KvSequence sequence in sequences) sequence.Dispose();
    }

    /// <summary>What each thread of a pool allocated since the last time.</summary>
    private sealed class AllocationMeter(int threads) : IComputeJob
    {
        private readonly long[] _totals = new long[threads];

        public long[] Allocated { get; } = new long[threads];

        public void Run(int part, int partCount)
        {
            long total = GC.GetAllocatedBytesForCurrentThread();
            Allocated[part] = total - _totals[part];
            _totals[part] = total;
        }
    }
}
