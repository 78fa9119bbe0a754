using WasmChord.Gguf;

namespace WasmChord.Memory64;

/// <summary>
/// Every segment of one image, in image order: a layer's segments are neighbours. A frame is the unit in which the
/// region commits and recycles memory (2 MiB for models, 4 KiB for tiny ones); neighbours may share one.
/// </summary>
public sealed class SegmentTable
{
    private readonly Segment[] _segments;
    private readonly Dictionary<LayerId, Range> _layers = [];
    private readonly LayerId[] _layerOrder;

    /// <summary>Creates a table.</summary>
    /// <param name="segments">The segments; the id of each is its index, and a layer's are consecutive.</param>
    /// <param name="frameBytes">Size of a frame.</param>
    /// <param name="frameCount">Frames of the whole image.</param>
    /// <exception cref="ArgumentException">The segments are out of order, or touch frames that do not exist.</exception>
    public SegmentTable(IReadOnlyList<Segment> segments, long frameBytes, int frameCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frameBytes);
        _segments = [.. segments];
        FrameBytes = frameBytes;
        FrameCount = frameCount;
        List<LayerId> order = [];
        for (int i = 0, start = 0; i < _segments.Length; i++)
        {
            Segment s = _segments[i];
            if (s.Id.Value != i || s.FrameCount <= 0 || s.FirstFrame < 0 || s.FirstFrame + s.FrameCount > frameCount)
                throw new ArgumentException($"segment {i}: id {s.Id}, frames {s.FirstFrame}+{s.FrameCount} of {frameCount}", nameof(segments));
            if (i + 1 < _segments.Length && _segments[i + 1].Layer == s.Layer) continue;
            if (!_layers.TryAdd(s.Layer, start..(i + 1)))
                throw new ArgumentException($"the segments of {s.Layer} are not neighbours", nameof(segments));
            order.Add(s.Layer);
            start = i + 1;
        }
        _layerOrder = [.. order];
    }

    /// <summary>Number of segments.</summary>
    public int Count => _segments.Length;

    /// <summary>Size of a frame in bytes.</summary>
    public long FrameBytes { get; }

    /// <summary>Frames of the whole image.</summary>
    public int FrameCount { get; }

    /// <summary>The layers, in image order.</summary>
    public IReadOnlyList<LayerId> Layers => _layerOrder;

    /// <summary>All segments, in image order.</summary>
    public ReadOnlySpan<Segment> Segments => _segments;

    /// <summary>One segment.</summary>
    public Segment this[SegmentId id] => _segments[id.Value];

    /// <summary>The segments of <paramref name="layer"/>; empty for a layer that the image does not hold.</summary>
    public ReadOnlySpan<Segment> Of(LayerId layer) => _layers.TryGetValue(layer, out Range range) ? _segments.AsSpan(range) : [];

    /// <summary>Frames that <paramref name="segments"/> touch together, each counted once; ids must ascend.</summary>
    public int FramesOf(ReadOnlySpan<Segment> segments)
    {
        int frames = 0, next = 0;
        foreach (Segment s in segments)
        {
            int from = Math.Max(next, s.FirstFrame), to = s.FirstFrame + s.FrameCount;
            if (to > from) frames += to - from;
            next = Math.Max(next, to);
        }
        return frames;
    }
}
