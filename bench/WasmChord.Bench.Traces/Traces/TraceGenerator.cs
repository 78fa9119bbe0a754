using WasmChord.Memory64;

namespace WasmChord.Bench.Traces;

/// <summary>Makes traces; the same seed makes the same trace.</summary>
internal static class TraceGenerator
{
    /// <summary>Passes over all layers in order, as inference makes them; the order is declared.</summary>
    public static AccessTrace Cyclic(int layers, int passes) =>
        Single("cyclic", layers, Phases.Cycle(0, layers, layers * passes), layers) with { Declared = Ids(layers) };

    /// <summary>Independent requests by popularity; popular layers lie anywhere in the image.</summary>
    public static AccessTrace Zipf(int layers, double exponent, int requests, int seed) =>
        Single($"zipf {exponent:0.0#}", layers, Phases.Zipf(new Random(seed), layers, exponent, requests), layers);

    /// <summary>A hot set asked for by popularity, with passes over all layers in between.</summary>
    public static AccessTrace Mixed(int layers, int requests, int seed)
    {
        var random = new Random(seed);
        IEnumerable<int> trace = [];
        for (int made = 0; made < requests; made += 3 * layers)
            trace = trace.Concat([.. Phases.Zipf(random, layers, 1.1, 2 * layers), .. Phases.Cycle(0, layers, layers)]);
        return Single("mixed", layers, trace.Take(requests), layers);
    }

    /// <summary>
    /// Mixture-of-experts decoding: each layer uses its dense segment, then a few of its experts, chosen by a router
    /// that favours some and tends to repeat its last choice. The dense segments are declared, the experts cannot be.
    /// </summary>
    public static AccessTrace Experts(int layers, int experts, int usedExperts, int tokens, int seed)
    {
        var random = new Random(seed);
        var popularity = new ZipfDistribution(experts, 0.8);
        int[][] ranks = [.. Enumerable.Range(0, layers).Select(_ => Phases.Shuffled(random, experts))];
        var last = new int[layers][];
        List<SegmentId[]> requests = [];
        for (int token = 0; token < tokens; token++)
        {
            for (int layer = 0; layer < layers; layer++)
            {
                int dense = layer * (experts + 1);
                HashSet<int> chosen = [];
                foreach (int expert in last[layer] ?? [])
                {
                    if (random.NextDouble() < 0.4) chosen.Add(expert);
                }
                while (chosen.Count < usedExperts) chosen.Add(ranks[layer][popularity.Next(random)]);
                last[layer] = [.. chosen.Order()];
                requests.Add([new SegmentId(dense)]);
                requests.Add([.. last[layer].Select(e => new SegmentId(dense + 1 + e))]);
            }
        }
        return new AccessTrace("experts", TraceTables.Uniform(layers, experts + 1), requests, 2 * layers)
        {
            Declared = [.. Enumerable.Range(0, layers).Select(l => new SegmentId(l * (experts + 1)))],
        };
    }

    /// <summary>A trace of single segments, one per layer.</summary>
    public static AccessTrace Single(string name, int layers, IEnumerable<int> uses, int usesPerToken) =>
        new(name, TraceTables.Uniform(layers), [.. uses.Select(u => new[] { new SegmentId(u) })], usesPerToken);

    private static SegmentId[] Ids(int count) => [.. Enumerable.Range(0, count).Select(i => new SegmentId(i))];
}
