using System.Globalization;
using System.Text;
using WasmChord.Bench.Figures;
using WasmChord.Memory64;

namespace WasmChord.Bench.Compare;

/// <summary>What a run came to, as Markdown for people and for <c>docs/PERFORMANCE.md</c>.</summary>
/// <param name="Command">The command line that reproduces it.</param>
/// <param name="Machine">Where it ran.</param>
/// <param name="Limiter">What limited memory.</param>
/// <param name="Model">Name of the file.</param>
/// <param name="FileBytes">Its length.</param>
/// <param name="WaveBytes">Bytes of weights that a wave reads.</param>
/// <param name="Cases">One a case, in the order they ran.</param>
internal sealed record ComparisonReport(
    string Command, MachineFacts Machine, string Limiter, string Model, long FileBytes, long WaveBytes, IReadOnlyList<CaseResult> Cases)
{
    private const string None = "–";

    private IReadOnlyList<string> Peers => [.. Cases.SelectMany(c => c.Case.Trials).Select(t => t.Contestant).Where(c => c != Trial.Ours).Distinct()];

    /// <summary>The report.</summary>
    public string ToMarkdown()
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"`{Command}`").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Model}, {FileBytes / 1e9:0.00} GB, of which a wave reads {WaveBytes / 1e9:0.00} GB. {Machine}. Memory limits: {Limiter}.");
        text.AppendLine("Medians of interleaved runs (least–greatest); a ratio is the median of the rounds' ratios, above 1 where wasmchord is ahead.");
        Section("", Results());
        Section("Under a limit, beside what storage allows", Bounds());
        Section("Beside busy processes, of what each does alone", Losses());
        Section("Peak memory: anonymous and shared / resident with mapped files / charged to the control group", Peaks());
        return text.ToString();

        void Section(string title, MarkdownTable table)
        {
            if (table.RowCount == 0) return;
            text.AppendLine();
            if (title.Length > 0) text.AppendLine(CultureInfo.InvariantCulture, $"{title}:").AppendLine();
            text.Append(table);
        }
    }

    private MarkdownTable Results()
    {
        MarkdownTable table = new(["case", "unit", Trial.Ours, .. Peers.SelectMany(p => new[] { p, "ratio" })]);
        foreach (CaseResult result in Cases)
        {
            table.Add([result.Case.Name, result.Case.Unit == CaseUnit.Seconds ? "s" : "tokens/s", Values(result.Of(Trial.Ours)),
                .. Peers.SelectMany(p => new[] { Values(result.Of(p)), Number(result.Advantage(p), "0.00") })]);
        }
        return table;
    }

    private MarkdownTable Bounds()
    {
        MarkdownTable table = new("case", "storage GB/s", "limit: missing GB", "allowed", "reached", "budget: missing GB", "allowed", "reached", "read per wave GB");
        foreach (CaseResult result in Cases)
        {
            if (result.Case.LimitBytes is not { } limit || result.StorageRate() is not { } rate || result.Of(Trial.Ours)?.Values() is not { } ours) continue;
            double? inMemory = Find(result.Case.Reference)?.Of(Trial.Ours)?.Values()?.Median;
            List<string> cells = [result.Case.Name, Number(rate / 1e9, "0.00")];
            foreach (long? resident in new[] { limit, result.Case.BudgetBytes })
            {
                if (resident is not { } bytes)
                {
                    cells.AddRange([None, None, None]);
                    continue;
                }
                ResidencyBound bound = ResidencyBound.Of(WaveBytes, bytes, rate, result.Case.Users, inMemory);
                cells.AddRange([Number(bound.MissingBytes / 1e9, "0.00"), Number(bound.TokensPerSecond, "0.00"), Number(ours.Median / bound.TokensPerSecond, "0.00")]);
            }
            IEnumerable<double> perToken = result.Of(Trial.Ours)!.Samples.Where(s => s.BytesPerToken is not null).Select(s => s.BytesPerToken!.Value);
            cells.Add(perToken.Any() ? Number(new Series(perToken).Median * result.Case.Users / 1e9, "0.00") : None);
            table.Add(cells);
        }
        return table;
    }

    private MarkdownTable Losses()
    {
        MarkdownTable table = new(["case", Trial.Ours, .. Peers]);
        foreach (CaseResult result in Cases)
        {
            if (result.Case.BusyCount == 0 || Find(result.Case.Reference) is not { } alone) continue;
            table.Add([result.Case.Name, .. Peers.Prepend(Trial.Ours).Select(c =>
                result.Of(c)?.Values() is { } busy && alone.Of(c)?.Values() is { } quiet ? Number(busy.Median / quiet.Median, "0.00") : None)]);
        }
        return table;
    }

    private MarkdownTable Peaks()
    {
        MarkdownTable table = new(["case", "limit", "budget", Trial.Ours, .. Peers]);
        foreach (CaseResult result in Cases)
        {
            table.Add([result.Case.Name, Size(result.Case.LimitBytes), Size(result.Case.BudgetBytes), .. Peers.Prepend(Trial.Ours).Select(c =>
                result.Of(c)?.Samples is { Count: > 0 } samples
                    ? $"{Size(samples.Max(s => s.PeakPrivateBytes))} / {Size(samples.Max(s => s.PeakResidentBytes))} / {Size(samples.Max(s => s.GroupPeakBytes))}"
                    : None)]);
        }
        return table;
    }

    private CaseResult? Find(string? name) => Cases.FirstOrDefault(c => c.Case.Name == name);

    private static string Values(TrialResult? trial) =>
        trial is null ? None : trial.Values() is not { } values ? trial.Failure() ?? None : trial.Failure() is { } failure ? $"{values.ToString("0.00")}, then {failure}" : values.ToString("0.00");

    private static string Number(double? value, string format) => value is { } v && double.IsFinite(v) ? v.ToString(format, CultureInfo.InvariantCulture) : None;

    private static string Size(long? bytes) => bytes is { } b ? ByteSize.Format(b) : None;
}
