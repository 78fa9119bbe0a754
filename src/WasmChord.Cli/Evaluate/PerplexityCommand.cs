using System.CommandLine;
using WasmChord.Actors;
using WasmChord.Gguf;
using WasmChord.Inference;

namespace WasmChord.Cli;

/// <summary>
/// <c>perplexity</c>: how surprised a model is by a text, counted as llama-perplexity counts: the text in chunks of the
/// context's length, each beginning anew, and only the second half of each counted.
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
        string path = parsed.GetRequiredValue(_model), text = await File.ReadAllTextAsync(parsed.GetRequiredValue(_file), cancellationToken).ConfigureAwait(false);
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
        for (int i = 0; i < count; i++)
        {
            TokenId[] chunk = tokens[(i * size)..((i + 1) * size)];
            chunk[0] = begin ?? chunk[0];
            await AddAsync(running.Model, chunk, surprise, cancellationToken).ConfigureAwait(false);
            if (!Output.IsJson) Output.Note($"chunk {i + 1} of {count}: perplexity {surprise.Perplexity:0.0000}");
        }

        await running.ObserveAsync().ConfigureAwait(false);
        Output.Write(
            new PerplexityReport(surprise.Perplexity, surprise.Error, tokens.Length, count, size, surprise.Count, running.BudgetBytes, running.PeakResidentBytes),
            ToolJson.Default.PerplexityReport);
        return ExitCode.Success;
    }

    private static async Task AddAsync(StreamedModel model, TokenId[] chunk, Surprise surprise, CancellationToken cancellationToken)
    {
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
        await model.GenerateAsync(GenerationPrompt.FromTokens(chunk), options).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
