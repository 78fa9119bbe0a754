using BenchmarkDotNet.Attributes;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Bench.Kernels;

/// <summary>The residency table alone: no memory, no reads, no actors. Layers of nine segments, as a block of Llama has.</summary>
public class CacheBenchmarks
{
    private const int LayerCount = 34, SegmentsPerLayer = 9, FrameBytes = 2 * 1024 * 1024, ResidentLayers = 4;

    private readonly SegmentId[][] _layers = new SegmentId[LayerCount][];
    private LayerCache? _cache;
    private long _requests;
    private int _next;

    [Params(EvictionPolicyKind.Lru, EvictionPolicyKind.Scan)]
    public EvictionPolicyKind Policy { get; set; }

    [GlobalSetup]
    public void Create()
    {
        List<Segment> segments = [];
        for (int i = 0; i < LayerCount * SegmentsPerLayer; i++)
        {
            long at = (long)i * FrameBytes;
            segments.Add(new Segment(new SegmentId(i), LayerId.Block(i / SegmentsPerLayer), i, 0, 0, at, FrameBytes, 0, at, FrameBytes, i, 1));
        }
        SegmentTable table = new(segments, FrameBytes, segments.Count);
        for (int layer = 0; layer < LayerCount; layer++)
            _layers[layer] = [.. Enumerable.Range(layer * SegmentsPerLayer, SegmentsPerLayer).Select(i => new SegmentId(i))];
        CacheLimits limits = new((long)ResidentLayers * SegmentsPerLayer * FrameBytes, 64, 0, 64);
        _cache = new LayerCache(table, limits, EvictionPolicy.Create(Policy, table));
        for (int layer = 0; layer < ResidentLayers; layer++) Use(layer);
    }

    /// <summary>Acquire and release of a layer that is there.</summary>
    [Benchmark]
    public void Hit()
    {
        _cache!.Acquire(new RequestId(++_requests), new OwnerId(1), _layers[0], long.MaxValue, 0);
        _cache.Release(Granted());
    }

    /// <summary>
    /// Acquire of a layer that is not there: nine victims leave, nine loads start and succeed, the lease is granted and
    /// released. Layers come in a cycle longer than the cache.
    /// </summary>
    [Benchmark]
    public void MissEvictLoad()
    {
        Use(_next);
        _next = (_next + 1) % LayerCount;
    }

    private void Use(int layer)
    {
        _cache!.Acquire(new RequestId(++_requests), new OwnerId(1), _layers[layer], long.MaxValue, 0);
        LeaseId lease = Granted();
        while (_cache.TryStartLoad(out LoadTicket ticket))
        {
            _cache.LoadSucceeded(ticket, FrameBytes);
            if (Granted() is { Value: not 0 } granted) lease = granted;
        }
        if (!_cache.Release(lease)) throw new InvalidOperationException($"layer {layer} was not granted");
    }

    private LeaseId Granted()
    {
        LeaseId lease = default;
        while (_cache!.TryDequeue(out CacheEffect effect))
            if (effect.Kind == CacheEffectKind.Granted) lease = effect.Lease;
        return lease;
    }
}
