using WasmChord.Memory64.Tests.Layout;

namespace WasmChord.Memory64.Tests.Regions;

/// <summary>A generation of a small image, for tests of what holds its segments.</summary>
public abstract class SmallGeneration : IDisposable
{
    protected SmallGeneration()
    {
        Layout = SyntheticLayers.Small().Place();
        Image = new SlotImage(Layout);
        Generation = new ImageGeneration(1, Image, Layout.Segments);
    }

    protected ImageLayout Layout { get; }

    protected SlotImage Image { get; }

    protected ImageGeneration Generation { get; }

    public void Dispose()
    {
        Image.Dispose();
        GC.SuppressFinalize(this);
    }
}
