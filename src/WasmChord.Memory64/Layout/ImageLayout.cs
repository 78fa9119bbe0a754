using WasmChord.Gguf;

namespace WasmChord.Memory64;

/// <summary>
/// Where every byte of a model lies in 64-bit linear memory: a sparse picture of the file. A layer starts on a 2 MiB
/// boundary plus its file offset modulo 4,096, and its tensors follow as in the file, so that direct reads land in place.
/// </summary>
public sealed class ImageLayout
{
    private ImageLayout(ImageOptions options, IReadOnlyList<RegionPlan> regions, SegmentTable segments)
    {
        Options = options;
        Regions = regions;
        Segments = segments;
    }

    /// <summary>The options it was made with, the frame size decided.</summary>
    public ImageOptions Options { get; }

    /// <summary>Its regions.</summary>
    public IReadOnlyList<RegionPlan> Regions { get; }

    /// <summary>Its segments.</summary>
    public SegmentTable Segments { get; }

    /// <summary>Frames of the largest layer, in bytes: what <c>1layer</c> of budget means.</summary>
    public long LargestLayerBytes => Segments.Layers.Max(l => Segments.FramesOf(Segments.Of(l))) * Segments.FrameBytes;

    /// <summary>Frames of all layers, in bytes: what full residency takes.</summary>
    public long AllLayersBytes => Segments.FramesOf(Segments.Segments) * Segments.FrameBytes;

    /// <summary>Frames of the largest segment, in bytes.</summary>
    public long LargestSegmentBytes
    {
        get
        {
            int frames = 0;
            foreach (Segment s in Segments.Segments) frames = Math.Max(frames, s.FrameCount);
            return frames * Segments.FrameBytes;
        }
    }

    /// <summary>Lays a model out.</summary>
    /// <param name="tensors">All tensors of the model; a segment's tensor index counts in this list.</param>
    /// <param name="layers">The layers, in the order of the forward pass.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ArgumentException">There is no layer, or an option is out of range.</exception>
    /// <exception cref="OverflowException">The image exceeds 2^63 bytes or 2^31 frames.</exception>
    public static ImageLayout Create(IReadOnlyList<TensorInfo> tensors, IReadOnlyList<ModelLayer> layers, ImageOptions options)
    {
        options = options.Validated();
        if (layers.Count == 0) throw new ArgumentException("the model has no layer to lay out", nameof(layers));
        Dictionary<string, int> indexOf = new(tensors.Count);
        for (int i = 0; i < tensors.Count; i++) indexOf[tensors[i].Name] = i;

        List<Piece> pieces = [];
        List<(string Name, long ByteLength)> regions = [];
        foreach ((string name, List<ModelLayer> members) in Divide(layers, options))
        {
            long end = 0;
            foreach (ModelLayer layer in members)
                end = LayerPlacement.Place(layer, indexOf, options, regions.Count, AlignUp(end, ImageOptions.HugePageBytes), pieces);
            regions.Add((name, AlignUp(end, ImageOptions.HugePageBytes)));
        }

        long frameBytes = options.FrameBytes;
        if (frameBytes == 0)
            frameBytes = pieces.Sum(p => p.ByteLength) >= ImageOptions.HugeFramesFromBytes ? ImageOptions.HugePageBytes : ImageOptions.PageBytes;
        return Number(options with { FrameBytes = frameBytes }, regions, pieces);
    }

    internal static long AlignUp(long value, long alignment) => checked(value + alignment - 1) / alignment * alignment;

    private static IEnumerable<(string Name, List<ModelLayer> Members)> Divide(IReadOnlyList<ModelLayer> layers, ImageOptions options)
    {
        if (options.Regions == RegionLayoutKind.Single) return [("model", [.. layers])];
        return layers
            .GroupBy(l => l.Id.IsBlock ? l.Id.Value / options.LayersPerRegion : l.Id.Value)
            .Select(g => (Name(g.First().Id, g.Last().Id), g.ToList()));
        static string Name(LayerId first, LayerId last) => first == last ? first.ToString() : $"{first}-{last.Value}";
    }

    private static ImageLayout Number(ImageOptions options, List<(string Name, long ByteLength)> regions, List<Piece> pieces)
    {
        RegionPlan[] plans = new RegionPlan[regions.Count];
        int firstFrame = 0;
        for (int i = 0; i < plans.Length; i++)
        {
            int frames = checked((int)(regions[i].ByteLength / options.FrameBytes));
            plans[i] = new RegionPlan(i, regions[i].Name, regions[i].ByteLength, firstFrame, frames);
            firstFrame = checked(firstFrame + frames);
        }

        Segment[] segments = new Segment[pieces.Count];
        for (int i = 0; i < segments.Length; i++)
        {
            Piece p = pieces[i];
            int first = plans[p.RegionIndex].FirstFrame + (int)(p.Address / options.FrameBytes);
            int last = plans[p.RegionIndex].FirstFrame + (int)((p.Address + p.ByteLength - 1) / options.FrameBytes);
            segments[i] = new Segment(new SegmentId(i), p.Layer, p.TensorIndex, p.TensorByteOffset, p.Tensor.FileIndex,
                p.Tensor.FileOffset + p.TensorByteOffset, p.FileByteLength, p.RegionIndex, p.Address, p.ByteLength, first, last - first + 1);
        }

        return new ImageLayout(options, plans, new SegmentTable(segments, options.FrameBytes, firstFrame));
    }
}
