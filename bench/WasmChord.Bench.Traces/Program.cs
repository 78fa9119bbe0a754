using System.Globalization;
using System.Text.Json;
using WasmChord.Bench.Traces;
using WasmChord.Memory64;

int seed = 1;
bool json = false;
for (int i = 0; i < args.Length; i++)
{
    if (args[i] == "--json") json = true;
    else if (args[i] == "--seed" && i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out seed)) i++;
    else
    {
        Console.Error.WriteLine("usage: WasmChord.Bench.Traces [--json] [--seed N]");
        return 2;
    }
}

List<object> rows = [];
if (!json)
{
    Console.WriteLine($"seed {seed}; segments of 2 MiB; capacity C of L segments, window W = read-ahead + 1; cells: hit ratio, MiB read per token");
    Console.WriteLine($"{"trace",-9} {"L",4} {"C",4} {"W",3} {"order",-8} {"(C-W)/L",8} {"lru",16} {"scan",16} {"auto",16} {"belady",16}");
}
foreach (TraceCase c in TraceCases.All(seed))
{
    TraceResult[] results =
    [
        .. new[] { EvictionPolicyKind.Lru, EvictionPolicyKind.Scan, EvictionPolicyKind.Auto }
            .Select(kind => TraceSimulator.Run(c.Trace, kind, c.Capacity, c.ReadAhead, c.Declare, c.Warmup)),
        BeladySimulator.Run(c.Trace, c.Capacity, c.Warmup),
    ];
    rows.Add(new
    {
        trace = c.Trace.Name,
        segments = c.Trace.Table.Count,
        capacity = c.Capacity,
        window = c.Window,
        declared = c.Declare,
        cyclic_bound = c.CyclicBound,
        policies = results.Select(r => new { policy = r.Policy, hit_ratio = r.HitRatio, bytes_read_per_token = r.BytesReadPerToken }),
    });
    if (json) continue;
    string bound = c.CyclicBound?.ToString("P1", CultureInfo.InvariantCulture) ?? "";
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{c.Trace.Name,-9} {c.Trace.Table.Count,4} {c.Capacity,4} {c.Window,3} {(c.Declare ? "declared" : "unknown"),-8} {bound,8} ")
        + string.Join(' ', results.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.HitRatio,8:P1} {r.BytesReadPerToken / (1 << 20),7:0.0}"))));
}
if (json) Console.WriteLine(JsonSerializer.Serialize(new { seed, segment_bytes = TraceTables.SegmentBytes, rows }));
return 0;
