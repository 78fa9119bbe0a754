using System.CommandLine;
using WasmChord.Actors;
using WasmChord.Gguf;
using WasmChord.Inference;

namespace WasmChord.Cli;

/// <summary><c>chat</c>: a conversation in the format that the model was trained on; what was said is computed once.</summary>
internal sealed class ChatCommand : ToolCommand
{
    private const string TemplateKey = "tokenizer.chat_template";

    private readonly ToolHooks _hooks;
    private readonly Func<Stream> _openInput;
    private readonly Argument<string?> _model = new("MODEL") { Description = "A GGUF file; without one, the small story-teller that the tool brings.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _system = new("--system", "-sys") { Description = "What the model is told before the conversation.", HelpName = "TEXT" };
    private readonly Option<string?> _template = new("--template", "--chat-template")
    {
        Description = $"The format, where the model brings none or another is wanted: {string.Join(", ", ChatTemplate.Names)}.",
        HelpName = "NAME",
    };

    private readonly Option<int?> _maxTokens = TokensOption("Tokens of an answer at most.");
    private readonly EngineFlags _engine = new();
    private readonly SamplerFlags _sampler = new();

    public ChatCommand(ToolOutput output, ToolHooks hooks) : base(output, "chat", "Converses with a model: a line in, an answer out, until the input ends.")
    {
        _hooks = hooks;
        _openInput = hooks.StandardInput ?? Console.OpenStandardInput;
        Add(_model);
        foreach (Option option in new Option[] { _system, _template, _maxTokens }) Add(option);
        _sampler.AddTo(this);
        _engine.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        SamplerOptions sampler = _sampler.Options(parsed);
        string? template = parsed.GetValue(_template);
        if (template is not null && !ChatTemplate.Names.Contains(template)) throw ToolException.Usage($"--template: '{template}' is none of {string.Join(", ", ChatTemplate.Names)}");
        string path = parsed.GetValue(_model) ?? DemoModel.Materialize();
        string? system = parsed.GetValue(_system);
        ChatTemplate format = template is null ? await ReadTemplateAsync(path, cancellationToken).ConfigureAwait(false) : ChatTemplate.Named(template);
        Describe(format, system);
        await using RunningModel running = await RunningModel.OpenAsync(path, _engine.Options(parsed, _hooks), Output, cancellationToken).ConfigureAwait(false);
        Conversation conversation = new(template, system);
        GenerationOptions options = new() { MaxTokens = parsed.GetValue(_maxTokens), Sampler = sampler, SessionId = "chat" };
        options = _hooks.Changed(options);
        List<GenerateReport> turns = [];
        using StreamReader input = new(_openInput());
        while (!cancellationToken.IsCancellationRequested)
        {
            if (Output.Terminal is not null && !Output.IsJson) Output.Error.Write("> ");
            string? line = await input.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            if (line is null) break;
            if (string.IsNullOrWhiteSpace(line)) continue;
            GenerateReport turn = await TextRun.RunAsync(Output, running, conversation.Ask(line), options, "", cancellationToken).ConfigureAwait(false);
            conversation.Answered(turn.Text);
            turns.Add(turn);
            if (Output.IsJson) continue;
            Output.Standard.WriteLine();
            Output.Note(turn.Summary);
        }

        Output.Write(new ChatReport(format.IsModelsOwn ? "model" : format.Format!, format.WhyNotOwn, turns), ToolJson.Default.ChatReport);
        return cancellationToken.IsCancellationRequested ? ExitCode.Cancelled : ExitCode.Success;
    }

    /// <summary>The model's own format, before the model is opened: where there is none, no work is wasted.</summary>
    private static async Task<ChatTemplate> ReadTemplateAsync(string path, CancellationToken cancellationToken)
    {
        using GgufModel model = await GgufModel.OpenAsync(path, cancellationToken).ConfigureAwait(false);
        string? source = model.Metadata.TryGetEntry(TemplateKey, out GgufMetadataEntry? entry) && entry.Type == GgufValueType.String
            ? await entry.ReadStringAsync().ConfigureAwait(false)
            : null;
        return ChatTemplate.FromMetadata(source, null, null);
    }

    /// <summary>Says where the conversation will not be written as the model's author meant it.</summary>
    private void Describe(ChatTemplate format, string? system)
    {
        if (format.WhyNotOwn is { } why)
            Output.Note($"the model's own chat template is not understood ({why}); it is recognized as {format.Format}, which is used: --template names another");
        if (system is not null && !format.TakesSystem)
            Output.Note("the model's chat template takes no system message: --system is put before the first line");
    }
}
