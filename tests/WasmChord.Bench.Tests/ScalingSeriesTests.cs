using System.Xml.Linq;
using WasmChord.Bench.Compare;
using WasmChord.Bench.Figures;

namespace WasmChord.Bench.Tests;

public sealed class ScalingSeriesTests
{
    private static readonly ScalingSeries s_series = new("budget", "Budget", "budget, %", AxisScale.Linear,
    [
        new ScalingLine("wasmchord",
        [
            new ScalingPoint(10, [new TrialSample { Failure = "exit code 1" }]),
            new ScalingPoint(50, [new TrialSample { Value = 2, BytesPerToken = 3e9 }, new TrialSample { Value = 4, BytesPerToken = 1e9 }]),
            new ScalingPoint(100, [new TrialSample { Value = 9, BytesPerToken = 0, PeakPrivateBytes = 1 << 20 }]),
        ]),
    ],
    [new PlotLine("allowed", [new PlotPoint(50, 4), new PlotPoint(100, 9)], IsBound: true)]);

    [Fact]
    public void ToTable_PointsAndFailures_HaveTheirRows()
    {
        string[] rows = [.. s_series.ToTable().ToString().Split(Environment.NewLine).Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
        Assert.Contains("| 10 | wasmchord | exit code 1 | – | – | 0 B |", rows);
        Assert.Contains("| 50 | wasmchord | 3.00 (2.00–4.00) | 4.00 | 2,000.0 | 0 B |", rows);
        Assert.Contains("| 100 | wasmchord | 9.00 | 9.00 | 0.0 | 1 MiB |", rows);
    }

    [Fact]
    public void Plots_FailedPoints_AreLeftOut()
    {
        Assert.Equal([50, 100], s_series.RatePlot()!.Lines[0].Points.Select(p => p.X));
        PlotPoint half = s_series.BytesPlot()!.Lines[0].Points[0];
        Assert.Equal((2000, 1000, 3000), (half.Y, half.Low, half.High));
        XDocument document = s_series.RatePlot()!.ToSvg();
        Assert.Equal(2, document.Descendants().Count(e => e.Name.LocalName == "circle"));
    }

    [Fact]
    public void Plots_NothingSucceeded_AreNone() =>
        Assert.Null((s_series with { Lines = [new ScalingLine("wasmchord", [s_series.Lines[0].Points[0]])] }).RatePlot());

    [Theory]
    [InlineData(100, 1, 2, 49)]
    [InlineData(101, 1, 3, 33)]
    [InlineData(2, 5, 2, 1)]
    public void Words_ForATokenCount_StaysBelowIt(int tokens, double basis, double perWord, int words) => Assert.Equal(words, PromptWriter.Words(tokens, basis, perWord));
}
