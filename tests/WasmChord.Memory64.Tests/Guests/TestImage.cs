using System.Runtime.InteropServices;
using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Memory64.Tests.Guests;

/// <summary>The image of a made-up model: segments are filled when they are first asked for, and stay.</summary>
internal sealed unsafe class TestImage : IDisposable
{
    private readonly MappedImage _mapped;
    private readonly HashSet<int> _frames = [];
    private readonly HashSet<SegmentId> _loaded = [];

    public TestImage(GuestTestModel model, ImageOptions? options = null)
    {
        Model = model;
        Layout = model.Place(options);
        Guest = new GuestImage(model.Tensors, Layout, model.Alignment);
        _mapped = new MappedImage(Layout);
    }

    public GuestTestModel Model { get; }

    public ImageLayout Layout { get; }

    public GuestImage Guest { get; }

    public IImageMemory Memory => _mapped;

    public IReadOnlyList<RegionMapping> Regions => _mapped.Regions;

    public long ResidentBytes => _loaded.Sum(id => Layout.Segments[id].ByteLength);

    /// <summary>Fills a segment; false when it was there.</summary>
    public bool Load(SegmentId id)
    {
        lock (_loaded)
        {
            if (!_loaded.Add(id)) return false;
            Segment s = Layout.Segments[id];
            int first = s.FirstFrame, end = s.FirstFrame + s.FrameCount;
            while (first < end && _frames.Contains(first)) first++;
            while (end > first && _frames.Contains(end - 1)) end--;
            for (int frame = first; frame < end; frame++) _frames.Add(frame);
            if (!_mapped.Commit(s, new FrameRange(first, end - first))) _mapped.Populate(s);
            TensorInfo tensor = Model.Tensors[s.TensorIndex];
            Span<byte> place = new(_mapped.AddressOf(s), checked((int)s.ByteLength));
            if (Layout.Options.Format == ResidencyFormat.Raw)
            {
                GuestTestModel.Fill(tensor, s.TensorByteOffset, place);
                return true;
            }

            byte[] raw = new byte[s.FileByteLength];
            GuestTestModel.Fill(tensor, s.TensorByteOffset, raw);
            if (Layout.Options.Format == ResidencyFormat.F32) Dequantizer.ToFloat(tensor.Type, raw, MemoryMarshal.Cast<byte, float>(place));
            else Dequantizer.ToHalf(tensor.Type, raw, MemoryMarshal.Cast<byte, Half>(place));
            return true;
        }
    }

    public void Dispose() => _mapped.Dispose();
}
