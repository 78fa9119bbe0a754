using System.CommandLine;
using System.Globalization;
using System.Text;
using WasmChord.Gguf;

namespace WasmChord.Bench.Compare;

/// <summary><c>scaling</c>: tokens per second and bytes per token against budget, users and context, as tables and plots.</summary>
internal sealed class ScalingCommand : Command
{
    private readonly CommonOptions _common = new(rounds: 3);

    private readonly Option<IReadOnlyList<int>> _budgets = CommonOptions.List("--budgets", "Budgets in per cent of the model.", "10,20,30,40,50,60,70,80,90,100", CommonOptions.Number);
    private readonly Option<IReadOnlyList<int>> _users = CommonOptions.List("--users", "Users at once.", "1,2,4,8,16,32", CommonOptions.Number);
    private readonly Option<IReadOnlyList<int>> _contexts = CommonOptions.List("--contexts", "Positions of context.", "128,256,512,1024,2048,4096,8192", CommonOptions.Number);

    private readonly Option<IReadOnlyList<ScalingKind>> _series = CommonOptions.List<ScalingKind>("--series", "Which series: budget, users, context.", "budget,users,context",
        w => Enum.TryParse(w, ignoreCase: true, out ScalingKind kind) && Enum.IsDefined(kind) ? kind : null);

    private readonly Option<int> _streamed = CommonOptions.Count("--streamed-percent", "Budget in per cent of the model at which users and contexts are measured too; 0 for in memory only.", 50, 0);
    private readonly Option<int> _newTokens = CommonOptions.Count("--new-tokens", "Tokens to generate.", 8, 2);
    private readonly Option<int> _userContext = CommonOptions.Count("--user-context", "Positions of each user's context.", 128);

    public ScalingCommand() : base("scaling", "How tokens per second and bytes per token change with budget, users and context.")
    {
        _common.AddTo(this);
        foreach (Option option in new Option[] { _series, _budgets, _users, _contexts, _streamed, _newTokens, _userContext }) Add(option);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        ScalingOptions options = new()
        {
            Model = _common.Model(parsed),
            Tool = _common.Tool(parsed),
            ToolArguments = _common.ToolArguments(parsed),
            Threads = parsed.GetValue(_common.Threads),
            Rounds = parsed.GetValue(_common.Rounds),
            Repeats = parsed.GetValue(_common.Repeats),
            NewTokens = parsed.GetValue(_newTokens),
            BudgetPercents = parsed.GetRequiredValue(_budgets),
            Users = parsed.GetRequiredValue(_users),
            Contexts = parsed.GetRequiredValue(_contexts),
            StreamedPercent = parsed.GetValue(_streamed),
            UserContext = parsed.GetValue(_userContext),
        };
        string folder = _common.Folder(parsed);
        await using GgufModel model = await GgufModel.OpenAsync(options.Model, cancellationToken).ConfigureAwait(false);
        using StorageProbe storage = new(options.Model);
        MachineFacts machine = MachineFacts.Read();
        ScalingRun run = new(options, model, _common.Limiter(parsed), storage, TimeSpan.FromSeconds(parsed.GetValue(_common.TimeoutSeconds)), Console.Error);
        List<ScalingSeries> all = [];
        foreach (ScalingKind kind in parsed.GetRequiredValue(_series))
        {
            ScalingSeries series = await (kind switch
            {
                ScalingKind.Budget => run.BudgetAsync(cancellationToken),
                ScalingKind.Users => run.UsersAsync(cancellationToken),
                _ => run.ContextAsync(folder, cancellationToken),
            }).ConfigureAwait(false);
            all.Add(series);
            series.RatePlot()?.Save(Path.Join(folder, $"{series.Name}-rate.svg"));
            series.BytesPlot()?.Save(Path.Join(folder, $"{series.Name}-bytes.svg"));
            string text = Markdown(options, machine, all);
            await File.WriteAllTextAsync(Path.Join(folder, "scaling.md"), text, cancellationToken).ConfigureAwait(false);
            await File.WriteAllTextAsync(Path.Join(folder, "scaling.json"), ReportJson.Of(all.Select(s => new { s.Name, s.XTitle, s.Lines, s.Bounds })), cancellationToken).ConfigureAwait(false);
        }
        Console.WriteLine(Markdown(options, machine, all));
        Console.WriteLine($"written to {folder}");
        return all.Count > 0 && all.All(s => s.RatePlot() is not null) ? 0 : 1;
    }

    private static string Markdown(ScalingOptions options, MachineFacts machine, IEnumerable<ScalingSeries> all)
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"`{CommonOptions.CommandLine(Environment.GetCommandLineArgs().Skip(1))}`").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Path.GetFileName(options.Model)}, {options.Threads} threads, medians of {options.Rounds} rounds (least–greatest). {machine}.");
        foreach (ScalingSeries series in all)
        {
            text.AppendLine().Append(series.ToTable()).AppendLine();
            text.AppendLine(CultureInfo.InvariantCulture, $"![{series.Title}: tokens per second]({series.Name}-rate.svg) ![{series.Title}: bytes per token]({series.Name}-bytes.svg)");
        }
        return text.ToString();
    }
}
