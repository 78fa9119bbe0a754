namespace WasmChord.Inference;

/// <summary>
/// Turns a conversation into the text that a model was trained on: by the Jinja template that its file brings
/// (<c>tokenizer.chat_template</c>), or by a well-known format that is asked for by name. What is not understood is an
/// error, never a guess.
/// </summary>
public sealed class ChatTemplate
{
    // Real templates take up to some tens of kilobytes.
    private const int MaxLength = 1 << 20;

    private readonly IReadOnlyList<TemplateStatement> _statements;

    private ChatTemplate(string name, IReadOnlyList<TemplateStatement> statements)
    {
        Name = name;
        _statements = statements;
    }

    /// <summary>The names that <see cref="Named"/> knows.</summary>
    public static IReadOnlyList<string> Names => [.. WellKnownTemplates.All.Keys];

    /// <summary>The format's name, or <c>model</c> for a template of the model's own.</summary>
    public string Name { get; }

    /// <summary>Parses a template.</summary>
    /// <param name="source">Jinja, as in <c>tokenizer.chat_template</c>.</param>
    /// <exception cref="InferenceException">It is too long, or uses what is not understood; the message holds the line.</exception>
    public static ChatTemplate Parse(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Length > MaxLength) throw new InferenceException(InferenceError.UnsupportedTemplate, $"the chat template has {source.Length} characters, above {MaxLength}");
        return new ChatTemplate("model", TemplateParser.Parse(source));
    }

    /// <summary>A well-known format.</summary>
    /// <exception cref="InferenceException">The name is not known; the message lists those that are.</exception>
    public static ChatTemplate Named(string name) => WellKnownTemplates.All.TryGetValue(name, out string? source)
        ? new ChatTemplate(name, TemplateParser.Parse(source))
        : throw new InferenceException(InferenceError.UnsupportedTemplate, $"no chat template is called '{name}'; known are {string.Join(", ", Names)}");

    /// <summary>Renders a conversation.</summary>
    /// <param name="messages">The turns so far.</param>
    /// <param name="addGenerationPrompt">Whether the beginning of an assistant's turn follows.</param>
    /// <param name="beginOfText">Text of the vocabulary's begin token; empty for none.</param>
    /// <param name="endOfText">Text of the vocabulary's end token; empty for none.</param>
    /// <param name="now">What <c>strftime_now</c> shows.</param>
    /// <exception cref="InferenceException">The template refuses the conversation, uses what is not understood, or takes too much.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt = true, string beginOfText = "", string endOfText = "", DateTimeOffset now = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        TemplateScope scope = new();
        scope.Set("messages", messages.Select(object? (m) => new TemplateMap { ["role"] = m.Role, ["content"] = m.Content }).ToList());
        scope.Set("add_generation_prompt", addGenerationPrompt);
        scope.Set("bos_token", beginOfText);
        scope.Set("eos_token", endOfText);
        scope.Set("tools", null);
        scope.Set("strftime_now", (TemplateFunction)((arguments, _) => DateFormat.Render(now, arguments.FirstOrDefault() as string ?? string.Empty)));
        // Both a template's scope and the messages belong to this call: a template can be used by any number of threads.
        TemplateStatement.RunAll(_statements, scope.Inner());
        return scope.Output.ToString();
    }
}
