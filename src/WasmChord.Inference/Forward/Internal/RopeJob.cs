using WasmChord.Kernels;

namespace WasmChord.Inference;

/// <summary>Normalizes and turns queries and keys, and stores keys and values in the cache; threads share the positions.</summary>
internal sealed class RopeJob(ModelConfig config, PassBuffers buffers, WaveRows rows) : IComputeJob
{
    internal BlockWeights Block { get; set; } = null!;

    internal int Layer { get; set; }

    public void Run(int part, int partCount)
    {
        for (int p = part; p < rows.Count; p += partCount)
        {
            Span<float> joint = buffers.Joint[p];
            Span<float> queries = joint[..config.QueryLength], keys = joint.Slice(config.QueryLength, config.KeyLength);
            if (Block.QueryNorm is not null) Normalize(queries, Block.QueryNorm);
            if (Block.KeyNorm is not null) Normalize(keys, Block.KeyNorm);
            Rope.Rotate(queries, config.KeyHeadDim, buffers.Angles[p], config.Architecture.Pairing);
            Rope.Rotate(keys, config.KeyHeadDim, buffers.Angles[p], config.Architecture.Pairing);
            ScaleByPosition(queries, rows.Position(p));
            Store(rows.Sequence(p), rows.Position(p), keys, joint[(config.QueryLength + config.KeyLength)..]);
        }
    }

    private void Normalize(Span<float> heads, float[] weight)
    {
        for (int h = 0; h < heads.Length; h += weight.Length)
        {
            Span<float> head = heads.Slice(h, weight.Length);
            Norms.Rms(head, weight, config.NormEpsilon, head);
        }
    }

    private void ScaleByPosition(Span<float> queries, int position)
    {
        (float scale, int floor) = config.QueryTemperature;
        if (scale == 0) return;
        float factor = 1 + scale * MathF.Log(1 + position / floor);
        for (int i = 0; i < queries.Length; i++) queries[i] *= factor;
    }

    private void Store(KvSequence sequence, int position, ReadOnlySpan<float> keys, ReadOnlySpan<float> values)
    {
        KvLayout layout = sequence.Layout;
        (int page, int at) = Math.DivRem(position, layout.PagePositions);
        Span<byte> bytes = sequence.Page(page);
        for (int h = 0; h < config.KvHeadCount; h++)
        {
            KvRows.Encode(layout.Type, keys.Slice(h * config.KeyHeadDim, config.KeyHeadDim), layout.Keys(bytes, Layer, h, at, 1));
            KvRows.Encode(layout.Type, values.Slice(h * config.ValueHeadDim, config.ValueHeadDim), layout.Values(bytes, Layer, h, at, 1));
        }
    }
}
