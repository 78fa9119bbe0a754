namespace WasmChord.Bench.Traces;

/// <summary>How a policy served a trace.</summary>
/// <param name="Policy">The policy's name.</param>
/// <param name="HitRatio">Hits ÷ (hits + misses).</param>
/// <param name="BytesReadPerToken">Bytes read, by demand and prefetch, per pass over the layers.</param>
internal sealed record TraceResult(string Policy, double HitRatio, double BytesReadPerToken);
