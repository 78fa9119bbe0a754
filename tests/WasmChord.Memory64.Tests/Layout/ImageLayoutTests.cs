using WasmChord.Gguf;

namespace WasmChord.Memory64.Tests.Layout;

public sealed class ImageLayoutTests
{
    [Theory]
    [InlineData(RegionLayoutKind.Single)]
    [InlineData(RegionLayoutKind.Multi)]
    public void Create_RawImage_EveryByteOfEveryLayerHasOnePlaceCongruentWithTheFile(RegionLayoutKind kind)
    {
        SyntheticLayers model = SyntheticLayers.Small();
        ImageLayout layout = model.Place(new ImageOptions(Regions: kind, LayersPerRegion: 3, TileBytes: 1 << 20));

        foreach (ModelLayer layer in model.Layers)
        {
            ReadOnlySpan<Segment> segments = layout.Segments.Of(layer.Id);
            Assert.Equal(layer.ByteLength, segments.ToArray().Sum(s => s.FileByteLength));
            Assert.Equal(segments[0].FileOffset % 4096, segments[0].Address % ImageOptions.HugePageBytes);
        }

        long previousEnd = 0;
        int region = 0;
        foreach (Segment s in layout.Segments.Segments)
        {
            if (s.RegionIndex != region) (region, previousEnd) = (s.RegionIndex, 0);
            TensorInfo tensor = model.Tensors[s.TensorIndex];
            Assert.Equal(tensor.FileOffset + s.TensorByteOffset, s.FileOffset);
            Assert.Equal(0, s.FileByteLength % tensor.RowBytes);
            Assert.Equal(s.FileOffset % 4096, s.Address % 4096);
            Assert.True(s.Address >= previousEnd, $"segment {s.Id} overlaps the one before it");
            previousEnd = s.Address + s.ByteLength;
            Assert.True(previousEnd <= layout.Regions[region].ByteLength);
        }
    }

    [Fact]
    public void Create_MultiRegion_NamesRangesOfBlocks()
    {
        ImageLayout layout = SyntheticLayers.Small(blocks: 7).Place(new ImageOptions(Regions: RegionLayoutKind.Multi, LayersPerRegion: 3));
        Assert.Equal(["embedding", "blk.0-2", "blk.3-5", "blk.6", "head"], layout.Regions.Select(r => r.Name));
    }

    [Fact]
    public void Create_LargeTensor_IsDividedIntoTilesOfWholeRows()
    {
        ImageLayout layout = SyntheticLayers.Small().Place(new ImageOptions(TileBytes: 4 << 20));
        Segment[] tiles = [.. layout.Segments.Of(LayerId.Block(0)).ToArray().Where(s => s.ByteLength > 1 << 20)];
        Assert.Equal(3, tiles.Length);
        Assert.All(tiles, t => Assert.InRange(t.ByteLength, 3 << 20, 4 << 20));
    }

    [Fact]
    public void Create_Experts_GetSegmentsOfTheirOwn()
    {
        SyntheticLayers model = new();
        model.Layer(LayerId.Block(0), model.Add("blk.0.ffn_up_exps.weight", GgmlType.Q4_K, 256, 64, 8));
        ImageLayout layout = model.Place();
        Assert.Equal(8, layout.Segments.Count);
        Assert.All(layout.Segments.Segments.ToArray(), s => Assert.Equal(64 * 144, s.ByteLength));
    }

    [Fact]
    public void Create_ScatteredLayer_ClosesGapsAndKeepsCongruence()
    {
        SyntheticLayers model = new();
        TensorInfo first = model.Add("blk.0.a.weight", GgmlType.F32, 1000);
        model.NextOffset += 10 << 20;
        TensorInfo second = model.Add("blk.0.b.weight", GgmlType.F32, 1000);
        model.Layer(LayerId.Block(0), first, second);
        ImageLayout layout = model.Place();
        Segment far = layout.Segments[new SegmentId(1)];
        Assert.InRange(far.Address, 4000, 3 * 4096);
        Assert.Equal(second.FileOffset % 4096, far.Address % 4096);
    }

    [Fact]
    public void Create_F32Image_HoldsFourBytesAValue()
    {
        SyntheticLayers model = SyntheticLayers.Small();
        ImageLayout layout = model.Place(new ImageOptions(ResidencyFormat.F32));
        foreach (Segment s in layout.Segments.Segments)
        {
            GgmlTypeTraits traits = GgmlTypeTraits.For(model.Tensors[s.TensorIndex].Type);
            Assert.Equal(s.FileByteLength / traits.TypeSize * traits.BlockSize * 4, s.ByteLength);
            Assert.Equal(0, s.Address % 64);
        }
    }

    [Fact]
    public void Create_ModelOfSeventyGigabytes_UsesLongOffsets()
    {
        SyntheticLayers model = new();
        for (int i = 0; i < 80; i++)
            model.Layer(LayerId.Block(i), model.Add($"blk.{i}.w.weight", GgmlType.Q4_K, 8192, 8192, 26));
        ImageLayout layout = model.Place();
        Assert.True(layout.Regions[0].ByteLength > 70L << 30);
        Assert.Equal(2 << 20, layout.Segments.FrameBytes);
    }

    [Theory]
    [InlineData(3000, 16 << 20, 1)]
    [InlineData(0, 100, 1)]
    [InlineData(0, 16 << 20, 0)]
    public void Create_BadOption_IsRefusedWithTheNumber(long frame, long tile, int layersPerRegion)
    {
        ImageOptions options = new(LayersPerRegion: layersPerRegion, TileBytes: tile, FrameBytes: frame);
        ArgumentException e = Assert.Throws<ArgumentException>(() => SyntheticLayers.Small().Place(options));
        Assert.Matches("3000|100|0 is not positive", e.Message);
    }
}
