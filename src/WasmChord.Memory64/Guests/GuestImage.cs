using WasmChord.Gguf;

namespace WasmChord.Memory64;

/// <summary>
/// A model's image as guests see it: layers by number, tensors by name and address, the file's tensor data by offset.
/// Made once a model and shared by its guests.
/// </summary>
public sealed class GuestImage
{
    private const int EmbeddingNumber = -1, HeadNumber = -2;

    private readonly Dictionary<LayerId, GuestLayer> _layers = [];
    private readonly (long Offset, long ByteLength, SegmentId? Segment)[] _data; // by offset in the tensor data; no segment: of no layer

    /// <summary>Indexes an image.</summary>
    /// <param name="tensors">All tensors of the model; a segment's tensor index counts in this list.</param>
    /// <param name="layout">Where they lie.</param>
    /// <param name="alignment">The alignment of tensor data in its files, in bytes.</param>
    public GuestImage(IReadOnlyList<TensorInfo> tensors, ImageLayout layout, long alignment)
    {
        Layout = layout;
        Format = layout.Options.Format;
        foreach (LayerId layer in layout.Segments.Layers)
        {
            _layers.Add(layer, IndexLayer(layer, tensors, layout));
            if (layer.IsBlock) BlockCount = Math.Max(BlockCount, layer.Value + 1);
        }

        long[] shardOffsets = ShardOffsets(tensors, alignment, out long dataBytes);
        DataBytes = dataBytes;
        List<(long Offset, long ByteLength, SegmentId? Segment)> data = [];
        bool[] isHeld = new bool[tensors.Count];
        foreach (Segment s in layout.Segments.Segments)
        {
            TensorInfo tensor = tensors[s.TensorIndex];
            isHeld[s.TensorIndex] = true;
            data.Add((shardOffsets[tensor.FileIndex] + tensor.TensorDataOffset + s.TensorByteOffset, s.FileByteLength, s.Id));
        }

        // What lies between entries is padding, so tensors that no layer holds are entries too.
        for (int i = 0; i < isHeld.Length; i++)
        {
            if (!isHeld[i] && tensors[i].ByteLength > 0)
                data.Add((shardOffsets[tensors[i].FileIndex] + tensors[i].TensorDataOffset, tensors[i].ByteLength, null));
        }

        data.Sort(static (a, b) => a.Offset.CompareTo(b.Offset));
        _data = [.. data];
    }

    /// <summary>The layout.</summary>
    public ImageLayout Layout { get; }

    /// <summary>In which form the image keeps weights.</summary>
    public ResidencyFormat Format { get; }

    /// <summary>Blocks of the model.</summary>
    public int BlockCount { get; }

    /// <summary>Bytes of the model's tensor data, shard after shard, padding between tensors included.</summary>
    public long DataBytes { get; }

    /// <summary>The layer of a number: <c>blk.N</c> for N, the embedding for −1, the head for −2; null for none.</summary>
    internal GuestLayer? Layer(int number) => number switch
    {
        EmbeddingNumber => _layers.GetValueOrDefault(LayerId.Embedding),
        HeadNumber => _layers.GetValueOrDefault(LayerId.Head),
        >= 0 and < int.MaxValue => _layers.GetValueOrDefault(LayerId.Block(number)),
        _ => null,
    };

    /// <summary>
    /// Where the segments that a range of the tensor data touches begin in the index, which is in the order of the data;
    /// false where the range leaves the data.
    /// </summary>
    internal bool TryFindData(long offset, long byteLength, out int first)
    {
        first = 0;
        if (offset < 0 || byteLength < 0 || offset > DataBytes - byteLength) return false;
        int low = 0, high = _data.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_data[middle].Offset + _data[middle].ByteLength <= offset) low = middle + 1;
            else high = middle;
        }

        first = low;
        return true;
    }

    /// <summary>An entry of the index of the tensor data; null beyond the last.</summary>
    internal (long Offset, long ByteLength, SegmentId? Segment)? Data(int index) => index < _data.Length ? _data[index] : null;

    private static GuestLayer IndexLayer(LayerId id, IReadOnlyList<TensorInfo> tensors, ImageLayout layout)
    {
        ReadOnlySpan<Segment> segments = layout.Segments.Of(id);
        SegmentId[] ids = new SegmentId[segments.Length];
        List<GuestTensor> found = [];
        for (int i = 0; i < segments.Length; i++)
        {
            Segment s = segments[i];
            ids[i] = s.Id;
            // A tensor's tiles follow each other without gaps.
            if (found.Count > 0 && s.TensorByteOffset > 0) found[^1] = found[^1] with { ByteLength = s.Address + s.ByteLength - found[^1].Address };
            else found.Add(new GuestTensor(tensors[s.TensorIndex], TypeIn(layout.Options.Format, tensors[s.TensorIndex].Type), s.RegionIndex, s.Address, s.ByteLength));
        }

        return new GuestLayer(id, ids, [.. found]);
    }

    private static GgmlType TypeIn(ResidencyFormat format, GgmlType type) => format switch
    {
        ResidencyFormat.F32 => GgmlType.F32,
        ResidencyFormat.F16 => GgmlType.F16,
        _ => type,
    };

    // The files of a split model are looked at as if their tensor data followed each other.
    private static long[] ShardOffsets(IReadOnlyList<TensorInfo> tensors, long alignment, out long dataBytes)
    {
        long[] ends = new long[tensors.Count == 0 ? 1 : tensors.Max(t => t.FileIndex) + 1];
        foreach (TensorInfo t in tensors) ends[t.FileIndex] = Math.Max(ends[t.FileIndex], t.TensorDataOffset + t.ByteLength);
        long[] offsets = new long[ends.Length];
        for (int i = 1; i < ends.Length; i++) offsets[i] = offsets[i - 1] + ImageLayout.AlignUp(ends[i - 1], alignment);
        dataBytes = offsets[^1] + ends[^1];
        return offsets;
    }
}
