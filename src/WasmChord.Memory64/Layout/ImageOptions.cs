namespace WasmChord.Memory64;

/// <summary>How the image of a model is laid out.</summary>
/// <param name="Format">In which form weights are kept.</param>
/// <param name="Regions">One region, or several.</param>
/// <param name="LayersPerRegion">Blocks per region of a multi-region layout.</param>
/// <param name="TileBytes">A tensor larger than this in the image is divided into row-aligned tiles of about this size.</param>
/// <param name="FrameBytes">Unit of commit and recycling: a power of two from 4 KiB to 2 MiB; 0 chooses by model size.</param>
public sealed record ImageOptions(
    ResidencyFormat Format = ResidencyFormat.Raw,
    RegionLayoutKind Regions = RegionLayoutKind.Single,
    int LayersPerRegion = 8,
    long TileBytes = 16L << 20,
    long FrameBytes = 0)
{
    /// <summary>Alignment of layers, and the size of a huge page: 2 MiB.</summary>
    public const long HugePageBytes = 2L << 20;

    /// <summary>Size of a page, and the alignment that direct reads need: 4 KiB.</summary>
    public const long PageBytes = 4096;

    /// <summary>Images below this many bytes use frames of one page: in a small model a huge page would hold many layers.</summary>
    public const long HugeFramesFromBytes = 256L << 20;

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="ArgumentException">A number is out of range; the message holds it.</exception>
    public ImageOptions Validated()
    {
        if (LayersPerRegion < 1) throw new ArgumentException($"layers per region: {LayersPerRegion} is not positive");
        if (TileBytes < PageBytes) throw new ArgumentException($"tile size: {TileBytes} bytes is below {PageBytes}");
        bool power = FrameBytes > 0 && (FrameBytes & (FrameBytes - 1)) == 0;
        if (FrameBytes != 0 && (!power || FrameBytes < PageBytes || FrameBytes > HugePageBytes))
            throw new ArgumentException($"frame size: {FrameBytes} bytes is not a power of two from {PageBytes} to {HugePageBytes}");
        return this;
    }
}
