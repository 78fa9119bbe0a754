using System.CommandLine;
using System.Diagnostics;
using WasmChord.Actors;
using WasmChord.Gguf;
using WasmChord.Inference;

namespace WasmChord.Cli;

/// <summary>
/// <c>bench</c>: tokens per second of a prompt and of generation, each from an empty context, counted as llama-bench
/// counts them: positions computed ÷ time, prompts of arbitrary tokens, one run before that does not count.
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
        if (prompt > 0) results.Add(await MeasureAsync($"pp{prompt}", prompt, 0).ConfigureAwait(false));
        if (generate > 0) results.Add(await MeasureAsync($"tg{generate}", 1, generate).ConfigureAwait(false));
        Output.Write(new BenchReport(running.Model.Description.Path, running.Model.Description.TensorBytes, results), ToolJson.Default.BenchReport);
        return ExitCode.Success;

        async Task<BenchResult> MeasureAsync(string name, int promptTokens, int newTokens)
        {
            int counted = (newTokens == 0 ? promptTokens : newTokens) * parallel;
            await RunOnceAsync(running.Model, promptTokens, newTokens, parallel, vocabulary, -1, cancellationToken).ConfigureAwait(false);
            List<double> rates = [];
            (_, GenerationStatistics before) = await running.ObserveAsync().ConfigureAwait(false);
            for (int r = 0; r < parsed.GetValue(_repeats); r++)
                rates.Add(counted / await RunOnceAsync(running.Model, promptTokens, newTokens, parallel, vocabulary, r, cancellationToken).ConfigureAwait(false));
            (_, GenerationStatistics after) = await running.ObserveAsync().ConfigureAwait(false);
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

    /// <summary>Runs requests at once, and tells how many seconds they took together.</summary>
    private static async Task<double> RunOnceAsync(StreamedModel model, int promptTokens, int newTokens, int parallel, int vocabulary, int seed, CancellationToken cancellationToken)
    {
        GenerationOptions options = new() { MaxTokens = newTokens, IgnoreEndOfText = true, Cancellation = cancellationToken, Timeout = TimeSpan.FromDays(1) };
        GenerationPrompt[] prompts = [.. Enumerable.Range(0, parallel).Select(i => Prompt(new Random(HashCode.Combine(seed, i)), promptTokens, vocabulary))];
        long start = Stopwatch.GetTimestamp();
        GenerationResult[] results = await Task.WhenAll(prompts.Select(p => model.GenerateAsync(p, options))).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (Array.Find(results, r => r.Tokens.Count != newTokens) is { } other)
            throw new ToolException("incomplete", $"{other.Tokens.Count} of {newTokens} tokens were generated: {other.Completed.Reason}");
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static GenerationPrompt Prompt(Random random, int count, int vocabulary) =>
        GenerationPrompt.FromTokens([.. Enumerable.Range(0, count).Select(_ => new TokenId(random.Next(vocabulary)))]);
}
