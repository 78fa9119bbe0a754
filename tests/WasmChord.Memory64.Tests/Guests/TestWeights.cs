using WasmChord.Gguf;

namespace WasmChord.Memory64.Tests.Guests;

/// <summary>A guest's weights without actors: everything is granted at once, unless a script says otherwise.</summary>
internal sealed class TestWeights : IGuestWeights
{
    private static readonly Lazy<GgufMetadata> s_metadata = new(CreateMetadata);

    private readonly TestImage _image;
    private readonly bool _ownsImage;
    private int _quiet;

    public TestWeights(TestImage image, bool ownsImage = false)
    {
        _image = image;
        _ownsImage = ownsImage;
    }

    public TestWeights(GuestTestModel? model = null, ImageOptions? options = null) : this(new TestImage(model ?? GuestTestModel.Small(), options), ownsImage: true)
    {
    }

    public GuestTestModel Model => _image.Model;

    public TestImage Loaded => _image;

    public GgufMetadata Metadata => s_metadata.Value;

    public GuestImage Image => _image.Guest;

    public IReadOnlyList<RegionMapping> Regions => HasRegions ? _image.Regions : [];

    public bool HasRegions { get; init; } = true;

    public TimeSpan DefaultTimeout { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>What it answers instead of granting; null to grant.</summary>
    public Func<Request, GuestAcquisition?>? Script { get; set; }

    public Func<CacheStatistics?>? Statistics { get; set; }

    public List<Request> Requests { get; } = [];

    /// <summary>Leases that were granted, ended ones included.</summary>
    public List<LayerLease> Granted { get; } = [];

    /// <summary>Leases that were let go of for good.</summary>
    public int Quiet => Volatile.Read(ref _quiet);

    public int Out => Granted.Count - Quiet;

    public bool IsDisposed { get; private set; }

    public long Hits { get; private set; }

    public long Misses { get; private set; }

    public static GuestAcquisition Refuse(RefusalReason reason) => new(null, reason, $"scripted: {reason}");

    public GuestAcquisition Acquire(IReadOnlyList<SegmentId> segments, TimeSpan timeout, bool mayWait, CancellationToken stop)
    {
        Request request = new(segments, timeout, mayWait, stop);
        Requests.Add(request);
        return Script?.Invoke(request) ?? Grant(segments);
    }

    public GuestAcquisition Grant(IReadOnlyList<SegmentId> segments)
    {
        foreach (SegmentId id in segments)
        {
            if (_image.Load(id)) Misses++;
            else Hits++;
        }

        Segment[] covered = [.. segments.Select(id => _image.Layout.Segments[id])];
        LayerLease lease = new(new LeaseId(Granted.Count + 1), 1, covered, _image.Memory, _ => Interlocked.Increment(ref _quiet));
        Granted.Add(lease);
        return new GuestAcquisition(lease, RefusalReason.None, "");
    }

    public CacheStatistics? GetStatistics() => Statistics is null
        ? new CacheStatistics { Hits = Hits, Misses = Misses, Evictions = 5, ResidentBytes = _image.ResidentBytes }
        : Statistics();

    public void Dispose()
    {
        Assert.False(IsDisposed, "disposed twice");
        IsDisposed = true;
        if (_ownsImage) _image.Dispose();
    }

    private static GgufMetadata CreateMetadata()
    {
        GgufWriter writer = new();
        writer.Metadata.Add("general.architecture", "llama");
        writer.Metadata.Add("general.name", "Modell Größe 7");
        writer.Metadata.Add("llama.block_count", 3u);
        writer.Metadata.Add("llama.offset", -12L);
        writer.Metadata.Add("llama.large", ulong.MaxValue);
        writer.Metadata.Add("llama.rope.freq_base", 10_000.5f);
        writer.Metadata.Add("llama.ratio", 0.1);
        writer.Metadata.Add("llama.is_true", true);
        writer.Metadata.AddArray("llama.list", [1, 2, 3]);
        MemoryStream stream = new();
        writer.WriteAsync(stream).AsTask().GetAwaiter().GetResult();
        stream.Position = 0;
        return GgufFile.OpenAsync(new StreamGgufSource(stream)).AsTask().GetAwaiter().GetResult().Metadata;
    }

    internal sealed record Request(IReadOnlyList<SegmentId> Segments, TimeSpan Timeout, bool MayWait, CancellationToken Stop);
}
