using System.CommandLine;
using WasmChord.Actors;
using WasmChord.Inference;

namespace WasmChord.Cli;

/// <summary><c>generate</c>: continues a prompt, and shows the text as it comes.</summary>
internal sealed class GenerateCommand : ToolCommand
{
    private const string DemoPrompt = "Once upon a time";

    private readonly ToolHooks _hooks;
    private readonly Argument<string?> _model = new("MODEL") { Description = "A GGUF file; without one, the small story-teller that the tool brings.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _prompt = new("--prompt", "-p") { Description = "What to continue.", HelpName = "TEXT" };
    private readonly Option<string?> _file = new("--file", "-f") { Description = "A file that holds the prompt.", HelpName = "FILE" };
    private readonly Option<int?> _maxTokens = TokensOption("Tokens to generate at most.");
    private readonly Option<string[]> _stop = new("--stop", "-r") { Description = "A string that ends the text; may be repeated.", HelpName = "TEXT", DefaultValueFactory = _ => [] };
    private readonly Option<bool> _ignoreEnd = new("--ignore-eos") { Description = "Go on after tokens that end a text." };
    private readonly Option<bool> _noBegin = new("--no-bos") { Description = "Do not begin with the vocabulary's begin token." };
    private readonly Option<bool> _special = new("--special") { Description = "Take special tokens in the prompt's text for what they are." };
    private readonly EngineFlags _engine = new();
    private readonly SamplerFlags _sampler = new();

    public GenerateCommand(ToolOutput output, ToolHooks hooks) : base(output, "generate", "Continues a prompt, within a memory budget.")
    {
        _hooks = hooks;
        Add(_model);
        foreach (Option option in new Option[] { _prompt, _file, _maxTokens, _stop, _ignoreEnd, _noBegin, _special }) Add(option);
        _sampler.AddTo(this);
        _engine.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        SamplerOptions sampler = _sampler.Options(parsed);
        string prompt = await ReadPromptAsync(parsed, cancellationToken).ConfigureAwait(false);
        await using RunningModel running = await RunningModel.OpenAsync(parsed.GetValue(_model), _engine.Options(parsed, _hooks), Output, cancellationToken).ConfigureAwait(false);
        GenerationOptions options = new()
        {
            MaxTokens = parsed.GetValue(_maxTokens),
            Sampler = sampler,
            Stop = parsed.GetRequiredValue(_stop),
            IgnoreEndOfText = parsed.GetValue(_ignoreEnd),
        };
        GenerateReport report = await TextRun.RunAsync(
            Output, running, GenerationPrompt.FromText(prompt, !parsed.GetValue(_noBegin), parsed.GetValue(_special)), _hooks.Changed(options), prompt, cancellationToken).ConfigureAwait(false);
        if (!Output.IsJson)
        {
            Output.Standard.WriteLine();
            Output.Note(report.Summary);
        }

        Output.Write(report, ToolJson.Default.GenerateReport);
        return cancellationToken.IsCancellationRequested ? ExitCode.Cancelled : ExitCode.Success;
    }

    private async Task<string> ReadPromptAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string? text = parsed.GetValue(_prompt), file = parsed.GetValue(_file);
        if (text is not null && file is not null) throw ToolException.Usage("--prompt and --file are given both: one of them holds the prompt");
        if (file is not null) return await TextFile.ReadTextAsync(file, cancellationToken).ConfigureAwait(false);
        return text ?? (parsed.GetValue(_model) is null ? DemoPrompt : throw ToolException.Usage("--prompt is needed: what is to be continued?"));
    }
}
