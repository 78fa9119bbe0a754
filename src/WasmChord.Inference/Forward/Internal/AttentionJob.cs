using WasmChord.Kernels;

namespace WasmChord.Inference;

/// <summary>
/// Attention of every position to its sequence up to itself; threads share the pairs of a position and a KV head.
/// </summary>
internal sealed class AttentionJob(ModelConfig config, PassBuffers buffers, WaveRows rows) : IComputeJob
{
    internal int Layer { get; set; }

    public void Run(int part, int partCount)
    {
        int group = config.HeadCount / config.KvHeadCount, items = rows.Count * config.KvHeadCount;
        for (int item = part; item < items; item += partCount)
        {
            (int row, int kvHead) = Math.DivRem(item, config.KvHeadCount);
            for (int head = kvHead * group; head < (kvHead + 1) * group; head++) Attend(row, kvHead, head, buffers.Scores[part]);
        }
    }

    private void Attend(int row, int kvHead, int head, Span<float> room)
    {
        KvSequence sequence = rows.Sequence(row);
        KvLayout layout = sequence.Layout;
        int length = rows.Position(row) + 1;
        int first = config.SlidingWindow == 0 ? 0 : Math.Max(0, length - config.SlidingWindow);
        Span<float> scores = room[..(length - first)];
        Span<float> query = buffers.Joint[row].Slice(head * config.KeyHeadDim, config.KeyHeadDim);
        for (int from = first, count; from < length; from += count)
        {
            (int page, int at) = Math.DivRem(from, layout.PagePositions);
            count = Math.Min(layout.PagePositions - at, length - from);
            Attention.Scores(layout.Type, query, layout.Keys(sequence.Page(page), Layer, kvHead, at, count), config.AttentionScale, scores.Slice(from - first, count));
        }

        Softmax.InPlace(scores);
        Span<float> output = buffers.Attended[row].Slice(head * config.ValueHeadDim, config.ValueHeadDim);
        output.Clear();
        for (int from = first, count; from < length; from += count)
        {
            (int page, int at) = Math.DivRem(from, layout.PagePositions);
            count = Math.Min(layout.PagePositions - at, length - from);
            Attention.AddWeighted(layout.Type, layout.Values(sequence.Page(page), Layer, kvHead, at, count), scores.Slice(from - first, count), output);
        }
    }
}
