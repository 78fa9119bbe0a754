using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Inference.Tests;

/// <summary>
/// The smallest residency there is: one segment, read from the file when it is acquired and gone at the next. It checks
/// how it is used, waits at random, and fails on command.
/// </summary>
internal sealed class StreamedLayerSource : ILayerSource, IDisposable
{
    private readonly Random _random = new(5);
    private readonly List<IStorage> _files = [];
    private readonly SlotImage _image;
    private IReadOnlyList<SegmentId> _order = [];
    private HashSet<SegmentId> _expected = [];
    private LayerLease? _lease;
    private int _next;

    public StreamedLayerSource(GgufModel model, ImageOptions options)
    {
        Tensors = model.Tensors;
        Layout = ImageLayout.Create(model.Tensors, model.Manifest.Layers, options);
        _image = new SlotImage(Layout);
        foreach (GgufFile file in model.Files) _files.Add(Storage.Open(file.Name, new StorageOptions { Mode = StorageMode.Buffered }, out _));
    }

    public IReadOnlyList<TensorInfo> Tensors { get; }

    public ImageLayout Layout { get; }

    public bool IsInWave { get; private set; }

    public int Waves { get; private set; }

    /// <summary>Segments acquired since the last wave began.</summary>
    public List<Segment> Acquired { get; } = [];

    /// <summary>Called before a segment is acquired, with how many the wave has acquired.</summary>
    public Action<int>? OnAcquire { get; set; }

    /// <summary>Which acquisition of a wave gets a lease that was taken back; −1 for none.</summary>
    public int RevokeAt { get; set; } = -1;

    public void BeginWave(IReadOnlyList<SegmentId> order)
    {
        Assert.False(IsInWave, "a wave began within a wave");
        IsInWave = true;
        Waves++;
        (_order, _next) = (order, 0);
        _expected = [];
        Acquired.Clear();
    }

    public void Expect(IReadOnlyList<SegmentId> segments)
    {
        Assert.True(IsInWave, "segments were expected outside a wave");
        Assert.Equal(segments.Distinct(), segments);
        _expected = [.. segments];
    }

    public LayerLease Acquire(Segment segment)
    {
        Assert.True(IsInWave, "a segment was acquired outside a wave");
        OnAcquire?.Invoke(Acquired.Count);
        if (!_expected.Contains(segment.Id)) Assert.Equal(_order[_next++], segment.Id);
        Evict();
        Thread.SpinWait(_random.Next(2000));
        _image.Commit(segment, default);
        _files[segment.FileIndex].Read(segment, _image);
        _lease = new LayerLease(new LeaseId(Acquired.Count), 0, [segment], _image, _ => { });
        if (Acquired.Count == RevokeAt) _lease.Revoke();
        Acquired.Add(segment);
        return _lease;
    }

    public void EndWave()
    {
        Assert.True(IsInWave, "a wave ended that had not begun");
        IsInWave = false;
        Evict();
    }

    public void Read(TensorInfo tensor, long byteOffset, Span<byte> destination) => _files[tensor.FileIndex].Read(tensor.FileOffset + byteOffset, destination);

    public void Dispose()
    {
        Evict();
        _image.Dispose();
        foreach (IStorage file in _files) file.Dispose();
    }

    private void Evict()
    {
        if (_lease is null) return;
        Assert.False(_lease.HasReaders, "a thread still reads what is given back");
        _lease.Dispose();
        foreach (Segment segment in _lease.Segments) _image.Evict(segment, default);
        _lease = null;
    }
}
