using WasmChord.Kernels;

namespace WasmChord.Inference;

/// <summary>
/// Attention of every position to its sequence up to itself; threads share the pairs of a position and a KV head, whose
/// query heads go through the cached rows together.
/// </summary>
internal sealed class AttentionJob(ModelConfig config, PassBuffers buffers, WaveRows rows) : IComputeJob
{
    internal int Layer { get; set; }

    public void Run(int part, int partCount)
    {
        int items = rows.Count * config.KvHeadCount;
        for (int item = part; item < items; item += partCount)
        {
            (int row, int kvHead) = Math.DivRem(item, config.KvHeadCount);
            Attend(row, kvHead, buffers.Scores[part], buffers.Partials[part]);
        }
    }

    private void Attend(int row, int kvHead, Span<float> scores, Span<float> partials)
    {
        KvSequence sequence = rows.Sequence(row);
        KvLayout layout = sequence.Layout;
        int group = config.HeadCount / config.KvHeadCount, length = rows.Position(row) + 1;
        int first = config.SlidingWindow == 0 ? 0 : Math.Max(0, length - config.SlidingWindow), seen = length - first;
        Span<float> queries = buffers.Joint[row].Slice(kvHead * group * config.KeyHeadDim, group * config.KeyHeadDim);
        for (int from = first, count; from < length; from += count)
        {
            (int page, int at) = Math.DivRem(from, layout.PagePositions);
            count = Math.Min(layout.PagePositions - at, length - from);
            Span<byte> keys = layout.Keys(sequence.Page(page), Layer, kvHead, at, count);
            Attention.Scores(layout.Type, queries, config.KeyHeadDim, keys, config.AttentionScale, scores[(from - first)..], seen);
        }

        for (int head = 0; head < group; head++) Softmax.InPlace(scores.Slice(head * seen, seen));
        partials.Clear();
        for (int from = first, count; from < length; from += count)
        {
            (int page, int at) = Math.DivRem(from, layout.PagePositions);
            count = Math.Min(layout.PagePositions - at, length - from);
            Span<byte> values = layout.Values(sequence.Page(page), Layer, kvHead, at, count);
            Attention.AddWeighted(layout.Type, values, config.ValueHeadDim, from, scores[(from - first)..], seen, partials);
        }

        Attention.Combine(partials, config.ValueHeadDim, buffers.Attended[row].Slice(kvHead * group * config.ValueHeadDim, group * config.ValueHeadDim));
    }
}
