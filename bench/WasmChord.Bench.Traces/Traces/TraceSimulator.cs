using WasmChord.Memory64;

namespace WasmChord.Bench.Traces;

/// <summary>Serves a trace through a real <see cref="LayerCache"/>, one request at a time, every load succeeding at once.</summary>
internal static class TraceSimulator
{
    private static readonly OwnerId Owner = new(1);

    /// <summary>Runs <paramref name="trace"/>.</summary>
    /// <param name="trace">What is asked for.</param>
    /// <param name="kind">The policy under test.</param>
    /// <param name="capacity">Segments that the budget holds.</param>
    /// <param name="readAhead">Segments that may be prefetched, by the declared order.</param>
    /// <param name="declare">Whether the trace's order, if it has one, is declared.</param>
    /// <param name="warmup">Requests that fill the cache and do not count.</param>
    public static TraceResult Run(AccessTrace trace, EvictionPolicyKind kind, int capacity, int readAhead = 0, bool declare = true, int warmup = 0) =>
        Run(trace, EvictionPolicy.Create(kind, trace.Table), capacity, readAhead, declare, warmup);

    /// <inheritdoc cref="Run(AccessTrace, EvictionPolicyKind, int, int, bool, int)"/>
    public static TraceResult Run(AccessTrace trace, IEvictionPolicy policy, int capacity, int readAhead, bool declare, int warmup)
    {
        long bytes = TraceTables.SegmentBytes;
        var cache = new LayerCache(trace.Table, new CacheLimits(capacity * bytes, 1, readAhead * bytes, 0), policy);
        SegmentId[]? order = declare ? trace.Declared : null;
        if (order is not null) cache.DeclareOrder(order, true);
        var positions = new Dictionary<SegmentId, int>();
        for (int i = 0; i < (order?.Length ?? 0); i++) positions[order![i]] = i;

        CacheStatistics before = cache.Snapshot();
        for (int i = 0; i < trace.Requests.Count; i++)
        {
            if (i == warmup) before = cache.Snapshot();
            SegmentId[] segments = trace.Requests[i];
            cache.Acquire(new RequestId(i), Owner, segments, long.MaxValue, 0);
            LeaseId? lease = Load(cache);
            if (lease is null) throw new InvalidOperationException($"request {i} of {trace.Name} was not served");
            if (order is not null && readAhead > 0 && positions.TryGetValue(segments[^1], out int at))
            {
                cache.Prefetch(order.AsSpan(at + 1));
                cache.Prefetch(order.AsSpan(0, at));
                Load(cache);
            }
            cache.Release(lease.Value);
        }
        CacheStatistics after = cache.Snapshot();
        long hits = after.Hits - before.Hits, misses = after.Misses - before.Misses;
        double tokens = (double)(trace.Requests.Count - warmup) / trace.RequestsPerToken;
        return new TraceResult(policy.Kind.ToString().ToLowerInvariant(), (double)hits / (hits + misses), (after.BytesRead - before.BytesRead) / tokens);
    }

    /// <summary>Carries out effects and loads until nothing is left to do; the lease that was granted on the way.</summary>
    private static LeaseId? Load(LayerCache cache)
    {
        LeaseId? lease = Drain(cache, null);
        while (cache.TryStartLoad(out LoadTicket ticket))
        {
            cache.LoadSucceeded(ticket, TraceTables.SegmentBytes);
            lease = Drain(cache, lease);
        }
        return lease;
    }

    private static LeaseId? Drain(LayerCache cache, LeaseId? lease)
    {
        while (cache.TryDequeue(out CacheEffect effect))
        {
            if (effect.Kind == CacheEffectKind.Granted) lease = effect.Lease;
        }
        return lease;
    }
}
