namespace WasmChord.Bench.Traces;

/// <summary>One trace of the benchmark with the cache that serves it.</summary>
/// <param name="Trace">What is asked for.</param>
/// <param name="Capacity">Segments that the budget holds.</param>
/// <param name="ReadAhead">Segments that may be prefetched; only where an order is declared.</param>
/// <param name="Declare">Whether the trace's order is declared to the cache.</param>
/// <param name="Warmup">Requests that do not count.</param>
internal sealed record TraceCase(AccessTrace Trace, int Capacity, int ReadAhead, bool Declare, int Warmup)
{
    /// <summary>Read-ahead plus the segment in use.</summary>
    public int Window => ReadAhead + 1;

    /// <summary>(C − W) ÷ L, what a fixed part and a window give on a cycle; null for other traces.</summary>
    public double? CyclicBound => Trace.Name == "cyclic" ? (double)(Capacity - Window) / Trace.Table.Count : null;
}
