using System.Globalization;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>What <c>stream</c> measured. Cache counters count segments; sizes are bytes, times as their names say.</summary>
internal sealed record StreamReport : IReport
{
    public required int Layers { get; init; }

    public required int Segments { get; init; }

    public required int Requests { get; init; }

    public required int Passes { get; init; }

    public required string Policy { get; init; }

    public required string Format { get; init; }

    public required string Order { get; init; }

    /// <summary><c>resident</c> or <c>streaming</c>.</summary>
    public required string Mode { get; init; }

    public required string ModeReason { get; init; }

    /// <summary>How each file was read, and why.</summary>
    public required IReadOnlyList<string> Storage { get; init; }

    public required long TensorBytes { get; init; }

    public required long BudgetBytes { get; init; }

    /// <summary>The part of the budget that is set aside for buffers in flight.</summary>
    public required long BufferBytes { get; init; }

    /// <summary>The most that segments filled, or that the region held, whichever is more.</summary>
    public long PeakResidentBytes { get; init; }

    /// <summary>Private memory of the process before the model was opened, as the operating system counts it.</summary>
    public long IdlePrivateBytes { get; init; }

    /// <summary>The highest of the samples taken from opening until the last requester was done.</summary>
    public long ProcessPeakPrivateBytes { get; init; }

    public required long Hits { get; init; }

    public required long Misses { get; init; }

    /// <summary>Uses of segments whose load another requester had asked for.</summary>
    public required long Joins { get; init; }

    public required double HitRatio { get; init; }

    public required long Evictions { get; init; }

    public required long PrefetchHits { get; init; }

    /// <summary>Requests that had to wait for memory.</summary>
    public required long Waits { get; init; }

    public required long BytesRead { get; init; }

    /// <summary>Bytes that requesters read through their leases.</summary>
    public required long BytesServed { get; init; }

    public double OpenMs { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Bytes read ÷ time, in 10⁹ bytes per second.</summary>
    public required double GigabytesPerSecond { get; init; }

    /// <summary>From request to lease, every visit of every requester.</summary>
    public required LatencySummary LayerMs { get; init; }

    /// <summary>The same, where the whole layer was resident when it was asked for.</summary>
    public required LatencySummary HitLayerMs { get; init; }

    /// <summary>The same, where some of it had to be read.</summary>
    public required LatencySummary MissLayerMs { get; init; }

    /// <summary>Those of the misses that are a requester's first visit to the layer.</summary>
    public required LatencySummary FirstLayerMs { get; init; }

    /// <summary>The others: what had been there before was evicted and read again.</summary>
    public required LatencySummary EvictedLayerMs { get; init; }

    /// <summary>Bytes read ÷ time in 10⁹ bytes per second, from the second pass on; absent with a single pass.</summary>
    public required double? LaterGigabytesPerSecond { get; init; }

    public required IReadOnlyList<LayerReport> PerLayer { get; init; }

    /// <summary>Reads of segments whose hash was compared with an independent read of the file.</summary>
    public required long VerifiedSegments { get; init; }

    /// <summary>The first difference from the independent read; absent where there is none.</summary>
    public string? Mismatch { get; init; }

    /// <summary>What plain parallel reads reach, over two measurements: before and after.</summary>
    public double? PlainReadGigabytesPerSecond { get; init; }

    /// <summary>The two measurements.</summary>
    public double[]? PlainReads { get; init; }

    /// <summary>The engine's rate ÷ that of plain reads.</summary>
    public double? ReadRatio { get; init; }

    /// <summary>The same from the second pass on, when all memory has been touched before; absent with a single pass.</summary>
    public double? LaterReadRatio { get; init; }

    /// <summary>True where a signal ended the run: the numbers are those until then, and nothing was verified.</summary>
    public required bool Cancelled { get; init; }

    /// <inheritdoc/>
    public void WriteText(TextWriter text)
    {
        text.WriteLine($"{"layer",-10} {"bytes",12} {"hits",6} {"misses",6} {"p50 ms",10} {"max ms",10}");
        foreach (LayerReport l in PerLayer)
            text.WriteLine(Invariant($"{l.Layer,-10} {l.Bytes,12} {l.Hits,6} {l.Misses,6} {l.P50,10:0.000} {l.Max,10:0.000}{(l.InParts ? "  in parts: exceeds the budget" : "")}"));
        text.WriteLine();
        Line(text, "model", $"{Layers} layers, {Segments} segments, {ByteSize.Format(TensorBytes)}; {Mode}: {ModeReason}");
        Line(text, "requests", $"{Requests} at once, {Passes} pass{(Passes == 1 ? "" : "es")} each, order {Order}, policy {Policy}, format {Format}");
        foreach (string storage in Storage) Line(text, "storage", storage);
        Line(text, "memory", $"budget {ByteSize.Format(BudgetBytes)} ({ByteSize.Format(BufferBytes)} for buffers), peak resident {ByteSize.Format(PeakResidentBytes)}");
        Line(text, "process", $"peak private {ByteSize.Format(ProcessPeakPrivateBytes)}, {ByteSize.Format(IdlePrivateBytes)} when idle");
        Line(text, "cache", Invariant($"{Hits} hits, {Misses} misses, {Joins} joins (hit ratio {HitRatio:0.0000}); {Evictions} evictions, {PrefetchHits} prefetch hits, {Waits} waits"));
        Line(text, "layer ms", Summary(LayerMs));
        Line(text, "  hits", Summary(HitLayerMs));
        Line(text, "  misses", Summary(MissLayerMs));
        Line(text, "    first", Summary(FirstLayerMs));
        Line(text, "    evicted", Summary(EvictedLayerMs));
        Line(text, "read", Invariant($"{ByteSize.Format(BytesRead)} in {Seconds:0.000} s: {GigabytesPerSecond:0.000} GB/s; {ByteSize.Format(BytesServed)} served"));
        if (LaterGigabytesPerSecond is { } later) Line(text, "", Invariant($"from the second pass on: {later:0.000} GB/s"));
        if (ReadRatio is { } ratio)
            Line(text, "plain reads", Invariant($"{PlainReadGigabytesPerSecond:0.000} GB/s; ratio {ratio:0.000}, from the second pass on {LaterReadRatio ?? ratio:0.000}"));
        Line(text, "verified", Cancelled ? "nothing: stopped by a signal" : Mismatch is not null ? "no: a read differs from the file" : $"{VerifiedSegments} reads of segments agree with the file");
    }

    private static void Line(TextWriter text, string label, string value) => text.WriteLine($"{label,-12} {value}");

    private static string Summary(LatencySummary s) => s.Count == 0 ? "none" : Invariant($"p50 {s.P50:0.000}, p95 {s.P95:0.000}, max {s.Max:0.000} ({s.Count} visits)");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
