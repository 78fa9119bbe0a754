using WasmChord.Bench.Figures;

namespace WasmChord.Bench.Soak;

/// <summary>What a soak showed.</summary>
/// <param name="Samples">Memory over time.</param>
/// <param name="Counts">What became of the requests.</param>
/// <param name="Left">What was still held at the end; empty for nothing.</param>
/// <param name="FullCollections">Collections of the oldest generation meanwhile.</param>
internal sealed record SoakReport(IReadOnlyList<SoakSample> Samples, SoakCounts Counts, string Left, int FullCollections)
{
    private const int Parts = 5;

    /// <summary>
    /// Highest memory in each fifth of the run, the first left out: until then frames and heaps are being filled.
    /// </summary>
    public IReadOnlyList<double> Peaks => [.. Enumerable.Range(1, Parts - 1)
        .Select(part => Samples.Skip(Samples.Count * part / Parts).Take(Samples.Count * (part + 1) / Parts - Samples.Count * part / Parts))
        .Where(samples => samples.Any())
        .Select(samples => (double)samples.Max(s => s.PrivateBytes))];

    /// <summary>How far the highest of those is above the lowest: 0.02 is two percent.</summary>
    public double Spread => Peaks.Count == 0 ? 0 : Peaks.Max() / Peaks.Min() - 1;

    /// <summary>Writes the figures.</summary>
    public void Write(TextWriter output)
    {
        MarkdownTable table = new("", "");
        table.Add("time", $"{(Samples.Count == 0 ? 0 : Samples[^1].Seconds):F0} s");
        table.Add("texts completed / given up / refused", $"{Counts.Completed} / {Counts.Cancelled} / {Counts.Refused}");
        table.Add("tokens", $"{Counts.Tokens}");
        table.Add("layers read through leases", $"{Counts.Leases}");
        table.Add("highest memory of each fifth but the first, MiB", string.Join(", ", Peaks.Select(p => (p / 1048576).ToString("F1"))));
        table.Add("spread", $"{100 * Spread:F1} %");
        table.Add("managed heap at the end, MiB", $"{(Samples.Count == 0 ? 0 : Samples[^1].HeapBytes / 1048576.0):F1}");
        table.Add("collections of the oldest generation", $"{FullCollections}");
        table.Add("still held at the end", Left.Length == 0 ? "nothing" : Left);
        output.WriteLine(table);
        foreach (string surprise in Counts.Unexpected.Take(10)) output.WriteLine($"unexpected: {surprise}");
    }

    /// <summary>Saves memory over time as a plot.</summary>
    public void SavePlot(string path) => new LinePlot("Memory under a changing load", "seconds", "MiB", AxisScale.Linear,
    [
        new PlotLine("process", [.. Samples.Select(s => new PlotPoint(s.Seconds, s.PrivateBytes / 1048576.0))]),
        new PlotLine("budget", [.. Samples.Select(s => new PlotPoint(s.Seconds, s.BudgetBytes / 1048576.0))], IsBound: true),
    ]).Save(path);
}
