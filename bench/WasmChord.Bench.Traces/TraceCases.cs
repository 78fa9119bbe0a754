namespace WasmChord.Bench.Traces;

/// <summary>The traces of the benchmark.</summary>
internal static class TraceCases
{
    /// <summary>All of them for one seed.</summary>
    public static IEnumerable<TraceCase> All(int seed)
    {
        const int layers = 128;
        foreach (int capacity in new[] { 32, 64, 96 })
        {
            foreach (int readAhead in new[] { 0, 4 })
                yield return new TraceCase(TraceGenerator.Cyclic(layers, 60), capacity, readAhead, true, 10 * layers);
            yield return new TraceCase(TraceGenerator.Cyclic(layers, 300), capacity, 0, false, 10 * layers);
        }
        foreach (double exponent in new[] { 0.7, 1.0, 1.3 })
            yield return new TraceCase(TraceGenerator.Zipf(layers, exponent, 40_000, seed), 48, 0, false, 10 * layers);
        foreach (int capacity in new[] { 32, 64 })
            yield return new TraceCase(TraceGenerator.Mixed(layers, 40_000, seed), capacity, 0, false, 10 * layers);
        foreach (int capacity in new[] { 64, 128, 192 })
        {
            foreach (bool declare in new[] { true, false })
                yield return new TraceCase(TraceGenerator.Experts(32, 8, 2, 400, seed), capacity, 0, declare, 20 * 64);
        }
    }
}
