using WasmChord.Memory64;

namespace WasmChord.Bench.Traces;

/// <summary>A sequence of requests for segments of equal size, one frame each.</summary>
/// <param name="Name">What it is called in tables.</param>
/// <param name="Table">The segments.</param>
/// <param name="Requests">The requests in order; each names its segments.</param>
/// <param name="RequestsPerToken">How many requests make one token: one pass over the layers.</param>
internal sealed record AccessTrace(string Name, SegmentTable Table, IReadOnlyList<SegmentId[]> Requests, int RequestsPerToken)
{
    /// <summary>The order that a scheduler would declare for it, as a cycle; null when it knows none.</summary>
    public SegmentId[]? Declared { get; init; }

    /// <summary>Uses of segments.</summary>
    public long Uses => Requests.Sum(r => (long)r.Length);
}
