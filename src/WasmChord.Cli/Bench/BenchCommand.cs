using System.CommandLine;
using System.Diagnostics;
using WasmChord.Actors;
using WasmChord.Gguf;
using WasmChord.Inference;

namespace WasmChord.Cli;

/// <summary>
/// <c>bench</c>: tokens per second of a prompt and of generation, each from an empty context, counted as llama-bench
/// counts them: positions computed ÷ time, prompts of arbitrary tokens, one run before that does not count. A signal ends
/// it with the runs that are through.
/// </summary>
internal sealed class BenchCommand : ToolCommand
{
    private readonly ToolHooks _hooks;
    private readonly Argument<string> _model = ModelArgument();
    private readonly Option<int> _prompt = CountOption("--n-prompt", "Tokens of the prompt; 0 for no such test.", 64, 0, 1 << 20);
    private readonly Option<int> _generate = CountOption("--n-gen", "Tokens to generate; 0 for no such test.", 16, 0, 1 << 20);
    private readonly Option<int> _repeats = CountOption("--repetitions", "How often each test is run.", 3, 1, 1000);
    private readonly Option<int> _parallel = CountOption("--parallel", "Requests at once.", 1, 1, 1024);
    private readonly EngineFlags _engine = new();

    public BenchCommand(ToolOutput output, ToolHooks hooks) : base(output, "bench", "Measures tokens per second within a memory budget.")
    {
        _hooks = hooks;
        Add(_model);
        _prompt.Aliases.Add("-p");
        _generate.Aliases.Add("-n");
        _repeats.Aliases.Add("-r");
        foreach (Option option in new Option[] { _prompt, _generate, _repeats, _parallel }) Add(option);
        _engine.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        int prompt = parsed.GetValue(_prompt), generate = parsed.GetValue(_generate), parallel = parsed.GetValue(_parallel);
        if (prompt == 0 && generate == 0) throw ToolException.Usage("--n-prompt and --n-gen are both 0: there is nothing to measure");
        ModelOptions options = _engine.Options(parsed, _hooks, s => s with
        {
            Drafting = DraftingMode.Off,
            // The KV cache is as long as the tests need, as the context of a model may be far longer.
            Context = s.Context == 0 ? Math.Max(prompt, generate) + 1 : s.Context,
            MaxSequences = Math.Max(s.MaxSequences, parallel),
            MaxQueued = Math.Max(s.MaxQueued, parallel),
        });
        int vocabulary = await ReadVocabularySizeAsync(parsed.GetRequiredValue(_model), cancellationToken).ConfigureAwait(false);
        await using RunningModel running = await RunningModel.OpenAsync(parsed.GetRequiredValue(_model), options, Output, cancellationToken).ConfigureAwait(false);
        int threads = options.Apply(running.Settings).Generation.Threads;
        List<BenchResult> results = [];
        if (prompt > 0) await MeasureAsync($"pp{prompt}", prompt, 0).ConfigureAwait(false);
        if (generate > 0) await MeasureAsync($"tg{generate}", 1, generate).ConfigureAwait(false);
        bool isCancelled = cancellationToken.IsCancellationRequested;
        if (isCancelled && results.Count == 0) throw new OperationCanceledException(cancellationToken);
        Output.Write(new BenchReport(running.Model.Description.Path, running.Model.Description.TensorBytes, isCancelled, results), ToolJson.Default.BenchReport);
        return isCancelled ? ExitCode.Cancelled : ExitCode.Success;

        async Task MeasureAsync(string name, int promptTokens, int newTokens)
        {
            int counted = (newTokens == 0 ? promptTokens : newTokens) * parallel;
            if (await RunOnceAsync(-1).ConfigureAwait(false) is null) return;
            List<double> rates = [];
            (_, GenerationStatistics before) = await running.ObserveAsync().ConfigureAwait(false);
            GenerationStatistics after = before;
            while (rates.Count < parsed.GetValue(_repeats) && await RunOnceAsync(rates.Count).ConfigureAwait(false) is { } seconds)
            {
                rates.Add(counted / seconds);
                // What a run that a signal ends has read is not counted, as its tokens are not.
                (_, after) = await running.ObserveAsync().ConfigureAwait(false);
            }

            if (rates.Count > 0) results.Add(Result(name, counted, rates, before, after));

            Task<double?> RunOnceAsync(int seed) =>
                SecondsOfAsync(running.Model, [.. Enumerable.Range(0, parallel).Select(i => Prompt(new Random(HashCode.Combine(seed, i)), promptTokens, vocabulary))], newTokens, cancellationToken);
        }

        BenchResult Result(string name, int counted, List<double> rates, GenerationStatistics before, GenerationStatistics after)
        {
            long waves = after.Waves - before.Waves, bytes = after.BytesRead - before.BytesRead;
            return BenchResult.Of(name, rates) with
            {
                BytesReadPerToken = Math.Round((double)bytes / (counted * rates.Count)),
                BytesReadPerWave = waves == 0 ? 0 : Math.Round((double)bytes / waves),
                Threads = threads,
                Parallel = parallel,
                BudgetBytes = running.BudgetBytes,
                PeakResidentBytes = running.PeakResidentBytes,
                IdlePrivateBytes = running.IdlePrivateBytes,
                ProcessPeakPrivateBytes = running.PeakPrivateBytes,
            };
        }
    }

    private static async Task<int> ReadVocabularySizeAsync(string path, CancellationToken cancellationToken)
    {
        using GgufModel file = await ModelFile.OpenWithDataAsync(path, cancellationToken).ConfigureAwait(false);
        return ModelConfig.Read(file).VocabularySize;
    }

    /// <summary>Runs requests at once, and tells how many seconds they took together; null where a signal ended them.</summary>
    private async Task<double?> SecondsOfAsync(StreamedModel model, GenerationPrompt[] prompts, int newTokens, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return null;
        GenerationOptions options = _hooks.Changed(
            new() { MaxTokens = newTokens, IgnoreEndOfText = true, Cancellation = cancellationToken, Timeout = TimeSpan.FromDays(1) });
        long start = Stopwatch.GetTimestamp();
        GenerationResult[] results;
        try
        {
            results = await Task.WhenAll(prompts.Select(p => model.GenerateAsync(p, options))).ConfigureAwait(false);
        }
        catch (GenerationRefusedException e) when (e.Reason == GenerationRefusal.Cancelled && cancellationToken.IsCancellationRequested)
        {
            // Those that had not begun are refused.
            return null;
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (results.All(r => r.Tokens.Count == newTokens && r.Completed.Reason == GenerationEnd.MaxTokens)) return seconds;
        if (cancellationToken.IsCancellationRequested) return null;
        GenerationResult other = results.First(r => r.Tokens.Count != newTokens || r.Completed.Reason != GenerationEnd.MaxTokens);
        throw new ToolException("incomplete", $"{other.Tokens.Count} of {newTokens} tokens were generated: {other.Completed.Reason}");
    }

    private static GenerationPrompt Prompt(Random random, int count, int vocabulary) =>
        GenerationPrompt.FromTokens([.. Enumerable.Range(0, count).Select(_ => new TokenId(random.Next(vocabulary)))]);
}
