using System.CommandLine;
using WasmChord.Actors;
using WasmChord.Gguf;
using WasmChord.Inference;

namespace WasmChord.Cli;

/// <summary>
/// <c>perplexity</c>: how surprised a model is by a text, counted as llama-perplexity counts: the text in chunks of the
/// context's length, each beginning anew, and only the second half of each counted. A signal ends it with the chunks
/// that are through.
/// </summary>
internal sealed class PerplexityCommand : ToolCommand
{
    private const int DefaultChunk = 512;

    private readonly ToolHooks _hooks;
    private readonly Argument<string> _model = ModelArgument();
    private readonly Option<string> _file = new("--file", "-f") { Description = "The text.", HelpName = "FILE", Required = true };
    private readonly Option<int> _chunks = CountOption("--chunks", "Chunks at most; 0 for all.", 0, 0);
    private readonly Option<int> _chunk = CountOption("--chunk-size", $"Tokens of a chunk; 0 for {DefaultChunk}, or the model's context if that is shorter.", 0, 0);
    private readonly EngineFlags _engine = new();

    public PerplexityCommand(ToolOutput output, ToolHooks hooks) : base(output, "perplexity", "Measures how surprised a model is by a text.")
    {
        _hooks = hooks;
        Add(_model);
        Add(_file);
        Add(_chunks);
        Add(_chunk);
        _engine.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = parsed.GetRequiredValue(_model), text = await TextFile.ReadTextAsync(parsed.GetRequiredValue(_file), cancellationToken).ConfigureAwait(false);
        TokenId[] tokens;
        TokenId? begin;
        int size = parsed.GetValue(_chunk);
        using (GgufModel file = await ModelFile.OpenWithDataAsync(path, cancellationToken).ConfigureAwait(false))
        {
            Tokenizer tokenizer = await Tokenizer.CreateAsync(file, cancellationToken).ConfigureAwait(false);
            tokens = tokenizer.Encode(text);
            // Each chunk begins as a text does.
            begin = tokenizer.Special.AddsBegin ? tokenizer.Special.BeginOfSequence : null;
            if (size == 0) size = Math.Min(DefaultChunk, ModelConfig.Read(file).ContextLength);
        }

        int count = tokens.Length / size;
        if (size < 4 || count == 0)
            throw new ToolException("too_short", $"the text has {tokens.Length} tokens, too few for one chunk of {size}: choose a smaller --chunk-size, of 4 at least");
        if (parsed.GetValue(_chunks) > 0) count = Math.Min(count, parsed.GetValue(_chunks));

        await using RunningModel running = await RunningModel.OpenAsync(path, _engine.Options(parsed, _hooks), Output, cancellationToken).ConfigureAwait(false);
        Surprise surprise = new();
        int done = 0;
        while (done < count)
        {
            TokenId[] chunk = tokens[(done * size)..((done + 1) * size)];
            chunk[0] = begin ?? chunk[0];
            if (await SurpriseOfAsync(running.Model, chunk, cancellationToken).ConfigureAwait(false) is not { } ofChunk) break;
            surprise.Add(ofChunk);
            done++;
            if (!Output.IsJson) Output.Note($"chunk {done} of {count}: perplexity {surprise.Perplexity:0.0000}");
        }

        if (done == 0) throw new OperationCanceledException(cancellationToken);
        await running.ObserveAsync().ConfigureAwait(false);
        bool isCancelled = done < count;
        Output.Write(
            new PerplexityReport(surprise.Perplexity, surprise.Error, tokens.Length, done, count, size, surprise.Count, running.BudgetBytes, running.PeakResidentBytes, isCancelled),
            ToolJson.Default.PerplexityReport);
        return isCancelled ? ExitCode.Cancelled : ExitCode.Success;
    }

    /// <summary>What the second half of a chunk surprises by; null where a signal ended it.</summary>
    private async Task<Surprise?> SurpriseOfAsync(StreamedModel model, TokenId[] chunk, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return null;
        Surprise surprise = new();
        GenerationOptions options = new()
        {
            MaxTokens = 0,
            LogitsOfPrompt = true,
            Cancellation = cancellationToken,
            Timeout = TimeSpan.FromDays(1),
            OnLogits = (position, logits) =>
            {
                if (position >= chunk.Length / 2 && position < chunk.Length - 1) surprise.Add(logits, chunk[position + 1]);
            },
        };
        try
        {
            GenerationResult result = await model.GenerateAsync(GenerationPrompt.FromTokens(chunk), _hooks.Changed(options)).ConfigureAwait(false);
            if (result.Completed.Reason == GenerationEnd.MaxTokens) return surprise;
            if (cancellationToken.IsCancellationRequested) return null;
            throw new ToolException("incomplete", $"a chunk of {chunk.Length} tokens was not computed: {result.Completed.Reason}");
        }
        catch (GenerationRefusedException e) when (e.Reason == GenerationRefusal.Cancelled && cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
