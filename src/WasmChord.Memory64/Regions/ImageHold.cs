namespace WasmChord.Memory64;

/// <summary>Keeps some segments of one image generation in memory until disposed.</summary>
public sealed class ImageHold : IDisposable
{
    private readonly ImageGeneration _generation;

    internal ImageHold(ImageGeneration generation, Segment[] segments)
    {
        _generation = generation;
        Segments = segments;
    }

    internal Segment[] Segments { get; }

    /// <summary>Lets go; more than once is harmless.</summary>
    public void Dispose() => _generation.Release(this);
}
