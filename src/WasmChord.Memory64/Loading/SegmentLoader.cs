using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Memory64;

/// <summary>
/// Brings segments from storage into the image, in two stages that run on different threads: reading, which blocks on
/// the device, and finishing (verifying, and decoding where the residency asks for it), which computes. Any number of
/// different segments may be in either stage at once.
/// </summary>
public sealed unsafe class SegmentLoader : IDisposable
{
    private readonly IReadOnlyList<TensorInfo> _tensors;
    private readonly ResidencyFormat _format;
    private readonly IReadOnlyList<IStorage> _files;
    private readonly SegmentChecksums? _checksums;
    private readonly LoadBufferPool? _buffers;

    /// <summary>Creates a loader for one image.</summary>
    /// <param name="layout">The image.</param>
    /// <param name="tensors">The model's tensors, as the layout counts them.</param>
    /// <param name="files">The model's files, by file index; the loader does not own them.</param>
    /// <param name="checksums">What to verify against; null to verify nothing.</param>
    /// <param name="maxLoads">Most loads in flight at once, over both stages.</param>
    public SegmentLoader(
        ImageLayout layout, IReadOnlyList<TensorInfo> tensors, IReadOnlyList<IStorage> files, SegmentChecksums? checksums, int maxLoads)
    {
        _tensors = tensors;
        _format = layout.Options.Format;
        _files = files;
        _checksums = checksums;
        if (_format != ResidencyFormat.Raw) _buffers = new LoadBufferPool(BufferBytesFor(layout.Segments), maxLoads);
    }

    /// <summary>Native memory that loads in flight may take besides the image: what a budget reserves.</summary>
    public long MaxBufferBytes => (_buffers?.MaxBytes ?? 0) + _files.Sum(f => f.MaxBufferBytes);

    /// <summary>
    /// First stage: reads the file's bytes, into the image where they stay raw. Blocks. Does nothing to a load that was
    /// disposed.
    /// </summary>
    /// <exception cref="StorageException">The read failed, or the file is no longer the one that was opened.</exception>
    public void Read(SegmentLoad load)
    {
        if (!load.TryEnter()) return;
        try
        {
            ReadInside(load);
        }
        finally
        {
            load.Leave();
        }
    }

    /// <summary>
    /// Second stage: verifies the bytes and decodes them into the image. Computes, does not block. Does nothing to a load
    /// that was disposed.
    /// </summary>
    /// <exception cref="ChecksumException">
    /// The bytes are not those of the first read, or of the checksum file; or they are disputed, and both stages are to be
    /// done once more.
    /// </exception>
    public void Finish(SegmentLoad load)
    {
        if (!load.TryEnter()) return;
        try
        {
            FinishInside(load);
        }
        finally
        {
            load.Leave();
        }
    }

    /// <summary>Frees the buffers; those of loads in flight when they end.</summary>
    public void Dispose() => _buffers?.Dispose();

    private void ReadInside(SegmentLoad load)
    {
        Segment segment = load.Segment;
        IStorage file = _files[segment.FileIndex];
        file.EnsureUnchanged();
        if (load.Populate)
        {
            load.Generation.Image.Populate(segment);
            load.Populate = false;
        }

        if (_buffers is null)
        {
            file.Read(segment.FileOffset, load.Generation.Image.AddressOf(segment), segment.FileByteLength);
            return;
        }

        load.Buffer ??= _buffers.Rent();
        file.Read(segment.FileOffset, BufferedSource(load), segment.FileByteLength);
    }

    private void FinishInside(SegmentLoad load)
    {
        Segment segment = load.Segment;
        byte* image = load.Generation.Image.AddressOf(segment);
        byte* source = _buffers is null ? image : BufferedSource(load);
        _checksums?.Verify(segment, source, _files[segment.FileIndex].Name);
        GgmlType type = _tensors[segment.TensorIndex].Type;
        if (_format == ResidencyFormat.F32) Dequantizer.ToFloat(type, source, (float*)image, segment.ByteLength / sizeof(float));
        else if (_format == ResidencyFormat.F16) Dequantizer.ToHalf(type, source, (Half*)image, segment.ByteLength / sizeof(Half));
    }

    // In the buffer, too, the bytes start where the file's page would: a direct read then lands without a copy.
    private static byte* BufferedSource(SegmentLoad load) => load.Buffer!.Start + load.Segment.FileOffset % ImageOptions.PageBytes;

    private static long BufferBytesFor(SegmentTable table)
    {
        long largest = 0;
        foreach (Segment s in table.Segments) largest = Math.Max(largest, s.FileByteLength);
        return largest + 2 * ImageOptions.PageBytes;
    }
}
