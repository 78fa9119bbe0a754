using WasmChord.Gguf;

namespace WasmChord.Memory64.Tests.Guests;

/// <summary>
/// A made-up model whose bytes follow from where they lie, so that it can be as large as it likes: no file, no array.
/// Numbers stay finite and small in every type, for the highest bit of each exponent is kept clear.
/// </summary>
internal sealed class GuestTestModel
{
    private readonly List<long> _ends = [];

    public List<TensorInfo> Tensors { get; } = [];

    public long Alignment { get; init; } = 32;

    /// <summary>Bytes of each file before its tensor data.</summary>
    public long HeaderBytes { get; init; } = 4096 + 96;

    public long DataBytes => ShardStart(_ends.Count - 1) + _ends[^1];

    public TensorInfo Add(string name, GgmlType type, int file, params long[] extents)
    {
        while (_ends.Count <= file) _ends.Add(0);
        TensorShape shape = new(extents.Length, extents[0], extents.Length > 1 ? extents[1] : 1, extents.Length > 2 ? extents[2] : 1);
        long offset = AlignUp(_ends[file]), bytes = GgmlTypeTraits.For(type).BytesFor(shape.ValueCount);
        _ends[file] = offset + bytes;
        TensorInfo tensor = new(name, type, shape, file, HeaderBytes + offset, offset, bytes);
        Tensors.Add(tensor);
        return tensor;
    }

    public TensorInfo Tensor(string name) => Tensors.Single(t => t.Name == name);

    public ImageLayout Place(ImageOptions? options = null) =>
        ImageLayout.Create(Tensors, new LayerManifest(Tensors).Layers, options ?? new ImageOptions(TileBytes: 8192, FrameBytes: 4096));

    /// <summary>Where a tensor lies in the tensor data of all files, one after another.</summary>
    public long DataOffset(TensorInfo tensor) => ShardStart(tensor.FileIndex) + tensor.TensorDataOffset;

    /// <summary>Bytes of a tensor.</summary>
    public static void Fill(TensorInfo tensor, long offset, Span<byte> bytes)
    {
        ulong seed = (ulong)tensor.FileOffset * 0x9E37_79B9_7F4A_7C15 + (ulong)tensor.FileIndex;
        for (int i = 0; i < bytes.Length; i++)
        {
            ulong x = seed + (ulong)(offset + i);
            x = (x ^ (x >> 29)) * 0xBF58_476D_1CE4_E5B9;
            byte value = (byte)(x >> 56);
            bytes[i] = ((offset + i) & 1) == 1 ? (byte)(value & 0xBF) : value;
        }
    }

    public static byte[] Bytes(TensorInfo tensor)
    {
        byte[] bytes = new byte[tensor.ByteLength];
        Fill(tensor, 0, bytes);
        return bytes;
    }

    /// <summary>Bytes of the tensor data, padding as zeros.</summary>
    public byte[] Data(long offset, int count)
    {
        byte[] bytes = new byte[count];
        foreach (TensorInfo tensor in Tensors)
        {
            long start = DataOffset(tensor), first = Math.Max(start, offset), end = Math.Min(start + tensor.ByteLength, offset + count);
            if (first < end) Fill(tensor, first - start, bytes.AsSpan((int)(first - offset), (int)(end - first)));
        }

        return bytes;
    }

    /// <summary>An embedding, blocks with tensors of several types and padding between them, a head.</summary>
    public static GuestTestModel Small(int blocks = 3)
    {
        GuestTestModel model = new();
        model.Add("token_embd.weight", GgmlType.Q8_0, 0, 64, 40);
        for (int i = 0; i < blocks; i++)
        {
            model.Add($"blk.{i}.attn_norm.weight", GgmlType.F32, 0, 63); // an odd length: what follows needs padding
            model.Add($"blk.{i}.attn_q.weight", GgmlType.Q4_K, 0, 256, 97); // two tiles
            model.Add($"blk.{i}.ffn_up.weight", GgmlType.Q8_0, 0, 256, 100); // four tiles
        }

        model.Add("output_norm.weight", GgmlType.F32, 0, 64);
        model.Add("output.weight", GgmlType.Q6_K, 0, 256, 20);
        return model;
    }

    private long ShardStart(int file)
    {
        long start = 0;
        for (int i = 0; i < file; i++) start += AlignUp(_ends[i]);
        return start;
    }

    private long AlignUp(long value) => (value + Alignment - 1) / Alignment * Alignment;
}
