using System.Globalization;
using WasmChord.Bench.Soak;
using WasmChord.Memory64;

const string Usage = """
    WasmChord.Bench.Soak MODEL [--budget 300MiB] [--minutes 30] [--users 16] [--seed 1] [--plot FILE.svg]
        Generates texts for a changing number of users within a changing budget, and samples memory: it should be flat.
        Ends with 1 where something was still held, or failed that should not.
    """;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string Value(string name, string fallback)
{
    int at = Array.IndexOf(args, name);
    return at < 0 || at + 1 >= args.Length ? fallback : args[at + 1];
}

if (args.Length == 0 || args[0].StartsWith('-') || !BudgetSpec.TryParse(Value("--budget", "300MiB"), out BudgetSpec budget)
    || !double.TryParse(Value("--minutes", "30"), out double minutes) || minutes <= 0
    || !int.TryParse(Value("--users", "16"), out int users) || users < 1 || !int.TryParse(Value("--seed", "1"), out int seed))
{
    Console.Error.WriteLine(Usage);
    return 2;
}

using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};
SoakPlan plan = new(args[0], budget, TimeSpan.FromMinutes(minutes), TimeSpan.FromSeconds(15), users, seed);
SoakReport report = await SoakRun.RunAsync(plan, Console.Error, stop.Token);
report.Write(Console.Out);
if (Value("--plot", "") is { Length: > 0 } plot) report.SavePlot(plot);
return report.Left.Length > 0 || report.Counts.Unexpected.Count > 0 ? 1 : 0;
