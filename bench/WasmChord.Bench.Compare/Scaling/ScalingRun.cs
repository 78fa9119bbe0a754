using System.Globalization;
using WasmChord.Bench.Figures;
using WasmChord.Gguf;

namespace WasmChord.Bench.Compare;

/// <summary>
/// Measures series. Within a series a round visits every point once, so that a slow while of the machine does not fall on
/// one point. The bounds come from reads measured in between.
/// </summary>
/// <param name="options">What to measure.</param>
/// <param name="model">The model, for its sizes.</param>
/// <param name="limiter">Counts memory.</param>
/// <param name="storage">Measures storage.</param>
/// <param name="timeout">The longest that one process may take.</param>
/// <param name="log">Tells what is going on.</param>
internal sealed class ScalingRun(ScalingOptions options, GgufModel model, MemoryLimiter limiter, StorageProbe storage, TimeSpan timeout, TextWriter log)
{
    private const string InMemory = "in memory";

    private readonly List<double> _storageRates = [];

    /// <summary>Budgets from little to the whole model, one user.</summary>
    public async Task<ScalingSeries> BudgetAsync(CancellationToken cancellationToken)
    {
        ScalingPoint[] all = await MeasureAsync([.. options.BudgetPercents.Select(p => ((double)p, Bench(1, Budget(p)))), (0, Bench(1, null))], Test, cancellationToken).ConfigureAwait(false);
        ScalingPoint reference = all[^1];
        ScalingLine line = new("wasmchord", all[..^1]);
        long waveBytes = WaveWeights.Bytes(model);
        double storageRate = new Series(_storageRates).Median;
        List<PlotLine> bounds = [];
        if (reference.Rate() is { } most)
        {
            bounds.Add(new PlotLine(string.Create(CultureInfo.InvariantCulture, $"allowed by storage ({storageRate / 1e9:0.0} GB/s) and memory"),
                [.. options.BudgetPercents.Select(p => new PlotPoint(p, ResidencyBound.Of(waveBytes, Budget(p)!.Value, storageRate, 1, most.Median).TokensPerSecond))], IsBound: true));
        }
        return new ScalingSeries("budget", "Budget", "budget, % of the model", AxisScale.Linear, [line], bounds);
    }

    /// <summary>Users at once, with the model in memory and at a budget.</summary>
    public async Task<ScalingSeries> UsersAsync(CancellationToken cancellationToken)
    {
        List<ScalingLine> lines = [];
        foreach ((string name, long? budget) in Places())
            lines.Add(new ScalingLine(name, await MeasureAsync([.. options.Users.Select(u => ((double)u, Bench(u, budget)))], Test, cancellationToken).ConfigureAwait(false)));
        return new ScalingSeries("users", "Users at once", "users", AxisScale.Doubling, lines, []);
    }

    /// <summary>Lengths of context: generation after a prompt that fills all but the new tokens.</summary>
    /// <param name="folder">For the prompts, which are removed.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task<ScalingSeries> ContextAsync(string folder, CancellationToken cancellationToken)
    {
        PromptWriter writer = new(options.Tool, options.Model, async command => (await RunAsync(command, cancellationToken).ConfigureAwait(false)).Output);
        Dictionary<int, string> prompts = [];
        try
        {
            foreach (int context in options.Contexts)
            {
                prompts[context] = Path.Join(folder, $"prompt-{context}.txt");
                await writer.WriteAsync(context - options.NewTokens, prompts[context]).ConfigureAwait(false);
            }
            List<ScalingLine> lines = [];
            foreach ((string name, long? budget) in Places())
            {
                lines.Add(new ScalingLine(name, await MeasureAsync(
                    [.. options.Contexts.Select(c => ((double)c, Generate(prompts[c], c, budget)))], outcome => ToolOutput.Generate(outcome.Output).Decode, cancellationToken).ConfigureAwait(false)));
            }
            return new ScalingSeries("context", "Context", "context, positions", AxisScale.Doubling, lines, []);
        }
        finally
        {
            foreach (string path in prompts.Values) File.Delete(path);
        }
    }

    private IEnumerable<(string Name, long? Budget)> Places()
    {
        yield return (InMemory, null);
        if (options.StreamedPercent > 0) yield return ($"budget {options.StreamedPercent} % of the model", Budget(options.StreamedPercent));
    }

    private async Task<ScalingPoint[]> MeasureAsync(IReadOnlyList<(double X, ProcessCommand Command)> points, Func<ProcessOutcome, Reading> read, CancellationToken cancellationToken)
    {
        List<TrialSample>[] samples = [.. points.Select(_ => new List<TrialSample>())];
        for (int round = 0; round < options.Rounds; round++)
        {
            _storageRates.Add(storage.Measure());
            for (int i = 0; i < points.Count; i++)
            {
                if (samples[i].Any(s => s.Failure is not null)) continue;
                TrialSample sample = Sample(await RunAsync(points[i].Command, cancellationToken).ConfigureAwait(false), read);
                samples[i].Add(sample);
                log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{points[i].X:0.#}, round {round + 1}: {sample.Failure ?? $"{sample.Value:0.###} tokens/s, {sample.BytesPerToken / 1e6:0.0} MB per token"} in {sample.Seconds:0.0} s"));
            }
        }
        return [.. points.Select((p, i) => new ScalingPoint(p.X, samples[i]))];
    }

    private async Task<ProcessOutcome> RunAsync(ProcessCommand command, CancellationToken cancellationToken)
    {
        using IMemoryGroup group = limiter.Open(null);
        ProcessOutcome outcome = await ProcessRunner.RunAsync(command, group, timeout, cancellationToken).ConfigureAwait(false);
        if (outcome.Failure is not null) log.WriteLine(outcome.Errors);
        return outcome;
    }

    private static TrialSample Sample(ProcessOutcome outcome, Func<ProcessOutcome, Reading> read)
    {
        TrialSample sample = new() { Seconds = outcome.Seconds, PeakPrivateBytes = outcome.PeakPrivateBytes, PeakResidentBytes = outcome.PeakResidentBytes, GroupPeakBytes = outcome.GroupPeakBytes, Failure = outcome.Failure };
        if (outcome.Failure is not null) return sample;
        try
        {
            Reading reading = read(outcome);
            return sample with { Value = reading.Value, BytesPerToken = reading.BytesPerToken };
        }
        catch (OutputFormatException e)
        {
            return sample with { Failure = e.Message };
        }
    }

    private Reading Test(ProcessOutcome outcome) => ToolOutput.Bench(outcome.Output, $"tg{options.NewTokens}");

    private ProcessCommand Bench(int users, long? budget) => Tool(budget, "bench", options.Model, "-p", "0", "-n", Text(options.NewTokens), "-r", Text(options.Repeats),
        "--parallel", Text(users), "-c", Text(options.UserContext));

    private ProcessCommand Generate(string prompt, int context, long? budget) => Tool(budget, "generate", options.Model, "--file", prompt, "-n", Text(options.NewTokens),
        "--ignore-eos", "--temp", "0", "--drafting", "off", "-c", Text(context));

    private ProcessCommand Tool(long? budget, params IReadOnlyList<string> arguments) => options.Tool with
    {
        Arguments = [.. options.Tool.Arguments, .. arguments, "-t", Text(options.Threads), "--json", .. options.ToolArguments, .. budget is { } bytes ? new[] { "--budget", Text(bytes) } : []],
    };

    private long? Budget(int percent) => model.TensorBytes / 100 * percent;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
