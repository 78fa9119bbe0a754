namespace WasmChord.Bench.Traces;

/// <summary>
/// The offline optimum on demand: evicts what is used farthest in the future of the trace itself (L. Belady, 1966). A
/// request of several segments counts as so many uses one after the other, which no cache that holds them together can
/// beat.
/// </summary>
internal static class BeladySimulator
{
    public static TraceResult Run(AccessTrace trace, int capacity, int warmup = 0)
    {
        int[] uses = [.. trace.Requests.SelectMany(r => r).Select(s => s.Value)];
        long warmUses = trace.Requests.Take(warmup).Sum(r => (long)r.Length);
        int[] nextUse = new int[uses.Length], next = new int[trace.Table.Count];
        next.AsSpan().Fill(int.MaxValue);
        for (int i = uses.Length - 1; i >= 0; i--) (nextUse[i], next[uses[i]]) = (next[uses[i]], i);

        var held = new int[trace.Table.Count];                 // (segment) → its next use, 0 when not held
        var farthest = new SortedSet<(int NextUse, int Segment)>();
        long hits = 0, misses = 0;
        for (int i = 0; i < uses.Length; i++)
        {
            int s = uses[i];
            bool hit = held[s] != 0;
            if (hit) farthest.Remove((held[s], s));
            else if (farthest.Count == capacity)
            {
                held[farthest.Max.Segment] = 0;
                farthest.Remove(farthest.Max);
            }
            held[s] = nextUse[i];
            farthest.Add((nextUse[i], s));
            if (i < warmUses) continue;
            if (hit) hits++;
            else misses++;
        }
        double tokens = (double)(trace.Requests.Count - warmup) / trace.RequestsPerToken;
        return new TraceResult("belady", (double)hits / (hits + misses), misses * TraceTables.SegmentBytes / tokens);
    }
}
