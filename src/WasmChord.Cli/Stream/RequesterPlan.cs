using WasmChord.Actors;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>What one requester is to do.</summary>
/// <param name="Index">Its number among the requesters.</param>
/// <param name="Model">The open model.</param>
/// <param name="Passes">How often it visits every layer.</param>
/// <param name="Order">In which order.</param>
/// <param name="Seed">Of shuffled orders; each requester derives its own.</param>
internal sealed record RequesterPlan(int Index, StreamedModel Model, int Passes, VisitOrder Order, int Seed)
{
    // The most that one request for part of a layer asks for; it keeps all reads and decoders busy.
    private const long MaxPartBytes = 128L << 20;

    /// <summary>The layers of one pass, as indices of the model's list.</summary>
    public int[] LayersOf(int pass)
    {
        int[] layers = [.. Enumerable.Range(0, Model.Description.Layers.Count)];
        if (Order == VisitOrder.Random) new Random(HashCode.Combine(Seed, Index, pass)).Shuffle(layers);
        return layers;
    }

    /// <summary>
    /// Divides a layer that exceeds the budget into parts that fit: neighbours together up to a quarter of what
    /// segments may fill, so that several requesters can be served at once.
    /// </summary>
    public IReadOnlyList<SegmentId[]> PartsOf(LayerId layer)
    {
        ModelDescription model = Model.Description;
        SegmentTable table = model.Layout.Segments;
        long limit = Math.Min((model.BudgetBytes - model.BufferBytes) / 4, MaxPartBytes);
        List<SegmentId[]> parts = [];
        List<SegmentId> part = [];
        long bytes = 0;
        foreach (Segment segment in table.Of(layer))
        {
            long frames = segment.FrameCount * table.FrameBytes;
            if (part.Count > 0 && bytes + frames > limit)
            {
                parts.Add([.. part]);
                part.Clear();
                bytes = 0;
            }

            part.Add(segment.Id);
            bytes += frames;
        }

        if (part.Count > 0) parts.Add([.. part]);
        return parts;
    }
}
