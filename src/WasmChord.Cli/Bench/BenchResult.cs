namespace WasmChord.Cli;

/// <summary>One test of <c>bench</c>. Sizes are bytes.</summary>
internal sealed record BenchResult
{
    /// <summary><c>pp64</c>: a prompt of 64 tokens; <c>tg16</c>: 16 tokens generated.</summary>
    public required string Test { get; init; }

    /// <summary>Mean over the runs, of all requests together.</summary>
    public required double TokensPerSecond { get; init; }

    public required double MedianTokensPerSecond { get; init; }

    /// <summary>Standard deviation over the runs.</summary>
    public required double Deviation { get; init; }

    public required IReadOnlyList<double> Runs { get; init; }

    public int Threads { get; init; }

    public int Parallel { get; init; }

    public double BytesReadPerToken { get; init; }

    public double BytesReadPerWave { get; init; }

    public long BudgetBytes { get; init; }

    public long PeakResidentBytes { get; init; }

    public long IdlePrivateBytes { get; init; }

    public long ProcessPeakPrivateBytes { get; init; }

    internal static BenchResult Of(string test, List<double> rates)
    {
        double mean = rates.Average();
        double[] sorted = [.. rates.Order()];
        double median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        double deviation = rates.Count > 1 ? Math.Sqrt(rates.Sum(r => (r - mean) * (r - mean)) / (rates.Count - 1)) : 0;
        return new BenchResult
        {
            Test = test,
            TokensPerSecond = Math.Round(mean, 3),
            MedianTokensPerSecond = Math.Round(median, 3),
            Deviation = Math.Round(deviation, 3),
            Runs = [.. rates.Select(r => Math.Round(r, 3))],
        };
    }
}
