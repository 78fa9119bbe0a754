using System.Globalization;
using WasmChord.Bench.Figures;
using WasmChord.Memory64;

namespace WasmChord.Bench.Compare;

/// <summary>How tokens per second and bytes per token change with one thing.</summary>
/// <param name="Name">Of its files: <c>budget</c>, <c>users</c> or <c>context</c>.</param>
/// <param name="Title">What grows.</param>
/// <param name="XTitle">What lies across, with its unit.</param>
/// <param name="XScale">Spacing across.</param>
/// <param name="Lines">What was measured.</param>
/// <param name="Bounds">What the rates may be compared with.</param>
internal sealed record ScalingSeries(
    string Name, string Title, string XTitle, AxisScale XScale, IReadOnlyList<ScalingLine> Lines, IReadOnlyList<PlotLine> Bounds)
{
    /// <summary>All points of a line in rows, one line after the other.</summary>
    public MarkdownTable ToTable()
    {
        MarkdownTable table = new(XTitle, "", "tokens/s", "bound", "MB read per token", "peak private");
        foreach (ScalingLine line in Lines)
        {
            foreach (ScalingPoint point in line.Points)
            {
                double? bound = Bounds.SelectMany(b => b.Points).Where(p => p.X == point.X).Select(p => (double?)p.Y).Min();
                table.Add(PlotAxis.Label(point.X), line.Name, point.Rate()?.ToString("0.00") ?? point.Failure() ?? "–", bound?.ToString("0.00", CultureInfo.InvariantCulture) ?? "–",
                    point.BytesPerToken() is { } bytes ? (bytes.Median / 1e6).ToString("#,0.0", CultureInfo.InvariantCulture) : "–",
                    ByteSize.Format(point.Samples.Select(s => s.PeakPrivateBytes).DefaultIfEmpty().Max()));
            }
        }
        return table;
    }

    /// <summary>The rates as a plot; null where nothing succeeded.</summary>
    public LinePlot? RatePlot() => Plot("tokens per second", p => p.Rate(), 1, Bounds);

    /// <summary>The bytes per token as a plot; null where nothing succeeded.</summary>
    public LinePlot? BytesPlot() => Plot("MB read per token", p => p.BytesPerToken(), 1e-6, []);

    private LinePlot? Plot(string yTitle, Func<ScalingPoint, Series?> value, double scale, IReadOnlyList<PlotLine> bounds)
    {
        List<PlotLine> lines = [.. Lines.Select(l => new PlotLine(l.Name, [.. l.Points.Where(p => value(p) is not null)
            .Select(p => PlotPoint.Of(p.X, new Series(value(p)!.Values.Select(v => v * scale))))])).Where(l => l.Points.Count > 0)];
        return lines.Count == 0 ? null : new LinePlot($"{Title}: {yTitle}", XTitle, yTitle, XScale, [.. lines, .. bounds]);
    }
}
