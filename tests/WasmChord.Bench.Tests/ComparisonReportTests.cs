using System.Text.Json;
using WasmChord.Bench.Compare;

namespace WasmChord.Bench.Tests;

public sealed class ComparisonReportTests
{
    private static readonly ComparisonReport s_report = Report(
        Result("decode", null, 0, null, [8, 9, 10], [4, 3, 5]),
        Result("decode, 1 busy beside", null, 1, "decode", [6, 6, 6], [1, 1, 1]),
        Result("decode, 2 GiB", 2L << 30, 0, "decode", [1, 1.2, 1.1], []));

    [Fact]
    public void ToMarkdown_Results_ShowMediansRangesAndTheMedianOfRatios()
    {
        string[] rows = Rows(s_report);
        Assert.Contains("| decode | tokens/s | 9.00 (8.00–10.00) | 4.00 (3.00–5.00) | 2.00 |", rows);
        Assert.Contains("| decode, 2 GiB | tokens/s | 1.10 (1.00–1.20) | killed | – |", rows);
    }

    [Fact]
    public void ToMarkdown_BusyCases_ShowWhatIsLeftOfTheQuietOne() => Assert.Contains("| decode, 1 busy beside | 0.67 | 0.25 |", Rows(s_report));

    [Fact]
    public void ToMarkdown_LimitedCases_ShowWhatStorageAllows()
    {
        // A wave reads 4 GB; 2 GiB leave 1.85 GB to be read at 3 GB/s, a budget of 2.0e9 bytes leaves 2 GB.
        Assert.Contains("| decode, 2 GiB | 3.00 | 1.85 | 1.62 | 0.68 | 2.00 | 1.50 | 0.73 | 2.10 |", Rows(s_report));
    }

    [Fact]
    public void ToMarkdown_Peaks_ShowTheMostOfAllRounds() =>
        Assert.Contains("| decode | – | – | 3 MiB / 6 MiB / – | 3 MiB / 6 MiB / – |", Rows(s_report));

    [Fact]
    public void ToMarkdown_NothingRan_StillSaysWhere() => Assert.Contains("model.gguf", Report().ToMarkdown());

    [Fact]
    public void Json_Report_HoldsEveryRound()
    {
        using JsonDocument document = JsonDocument.Parse(ReportJson.Of(s_report));
        JsonElement test = document.RootElement.GetProperty("cases")[0];
        JsonElement trial = test.GetProperty("trials")[1];
        Assert.Equal(("tokens_per_second", 4.0, 2.0), (test.GetProperty("unit").GetString(), trial.GetProperty("median").GetDouble(), trial.GetProperty("advantage").GetDouble()));
        Assert.Equal([4, 3, 5], trial.GetProperty("samples").EnumerateArray().Select(s => s.GetProperty("value").GetDouble()));
    }

    private static ComparisonReport Report(params CaseResult[] cases) =>
        new("command", new MachineFacts("processor", 2, 1L << 34, "system", "runtime", 0.5), "control group", "model.gguf", 5_000_000_000, 4_000_000_000, cases);

    private static CaseResult Result(string name, long? limit, int busy, string? reference, double[] ours, double[] theirs)
    {
        ComparisonCase test = new(name, CaseUnit.TokensPerSecond,
            [new Trial("wasmchord", new ProcessCommand("a", []), _ => default), new Trial("llama.cpp", new ProcessCommand("b", []), _ => default)])
        {
            LimitBytes = limit,
            BudgetBytes = limit is null ? null : 2_000_000_000,
            BusyCount = busy,
            Reference = reference,
        };
        TrialSample[] failed = theirs.Length == 0 ? [new TrialSample { Failure = "killed" }] : [];
        return new CaseResult(test,
            [new TrialResult("wasmchord", "a", Samples(ours)), new TrialResult("llama.cpp", "b", [.. Samples(theirs), .. failed])],
            limit is null ? [] : [2.5e9, 3e9, 3.5e9]);
    }

    private static TrialSample[] Samples(double[] values) =>
        [.. values.Select((v, i) => new TrialSample { Value = v, BytesPerToken = 2.1e9, PeakPrivateBytes = (i + 1) << 20, PeakResidentBytes = (i + 1) << 21 })];

    /// <summary>The lines with the padding of columns taken out.</summary>
    private static string[] Rows(ComparisonReport report) =>
        [.. report.ToMarkdown().Split(Environment.NewLine).Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
}
