namespace WasmChord.Memory64;

/// <summary>Keeps some segments of one image generation in memory until disposed.</summary>
public sealed class ImageHold : IDisposable
{
    private readonly ImageGeneration _generation;

    private Segment[] _segments = [];
    private int _count;

    internal ImageHold(ImageGeneration generation) => _generation = generation;

    internal ReadOnlySpan<Segment> Segments => _segments.AsSpan(0, _count);

    internal bool IsOf(ImageGeneration generation) => _generation == generation;

    // Under the generation's lock, which also guards whoever reads the segments.
    internal void Cover(ReadOnlySpan<Segment> segments)
    {
        if (_segments.Length < segments.Length) _segments = new Segment[segments.Length];
        segments.CopyTo(_segments);
        _count = segments.Length;
    }

    /// <summary>Lets go; more than once is harmless.</summary>
    public void Dispose() => _generation.Release(this);
}
