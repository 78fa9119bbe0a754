namespace WasmChord.Inference;

/// <summary>
/// Writes conversations as a model was trained to read them: by the model's own template (Jinja, as
/// <c>tokenizer.chat_template</c> holds it), or by one of the well-known formats. A template that uses what the
/// interpreter does not support is replaced by the format that it is recognized as, which says so
/// (<see cref="WhyNotOwn"/>); where there is none, it is refused. Immutable; any number of threads may use it.
/// </summary>
public sealed class ChatTemplate
{
    private const string UserProbe = "what the user says", SystemProbe = "what the system says";

    /// <summary>In the order of trying; the first, which most templates expect, stays where none shows what the user says.</summary>
    private static readonly Dialect[] s_dialects = [new(false, false), new(true, false), new(false, true), new(true, true)];

    private readonly JinjaTemplate _template;
    private readonly string _bos, _eos;
    private readonly TimeProvider _clock;
    private readonly Dialect _dialect;

    private ChatTemplate(string source, ChatFormat? format, bool isOwn, string? bos, string? eos, TimeProvider? clock)
    {
        (_bos, _eos, _clock) = (bos ?? string.Empty, eos ?? string.Empty, clock ?? TimeProvider.System);
        Format = format?.Name;
        IsModelsOwn = isOwn;
        EndOfTurn = format?.EndOfTurn;
        _template = new JinjaTemplate(source);
        if (!isOwn) return;
        _dialect = Array.Find(s_dialects, d => Shows(UserProbe, d, new ChatMessage("user", UserProbe)));
        TakesSystem = Shows(SystemProbe, _dialect, new ChatMessage("system", SystemProbe), new ChatMessage("user", UserProbe));
        CheckSupport();
    }

    /// <summary>Names that <see cref="Named"/> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. ChatFormats.Names];

    /// <summary>The well-known format that this is, or that the model's own template is recognized as; null for none.</summary>
    public string? Format { get; }

    /// <summary>Whether the model's own template writes, not a well-known format.</summary>
    public bool IsModelsOwn { get; }

    /// <summary>
    /// Why a well-known format writes though the model has a template of its own: what of it is not supported. Null where
    /// its own writes, and where a format was asked for by name.
    /// </summary>
    public string? WhyNotOwn { get; private init; }

    /// <summary>
    /// Whether the template is given a system's message as such. One that refuses it, or leaves it out, is given it as the
    /// beginning of the user's first message.
    /// </summary>
    public bool TakesSystem { get; } = true;

    /// <summary>
    /// What ends an assistant's turn besides the end-of-sequence token: a token where the vocabulary has one of that
    /// text, a stop string otherwise. Null where nothing does, or nothing is known.
    /// </summary>
    public string? EndOfTurn { get; }

    /// <summary>The template of a model.</summary>
    /// <param name="template">The text of <c>tokenizer.chat_template</c>; null where the file has none.</param>
    /// <param name="bosToken">Text of the token that begins a sequence; null where there is none.</param>
    /// <param name="eosToken">Text of the token that ends one; null where there is none.</param>
    /// <param name="clock">Tells templates what day it is; by default the system's.</param>
    /// <exception cref="InferenceException">
    /// There is no template, or it uses what is not supported and is not recognized (<see cref="InferenceError.UnsupportedTemplate"/>).
    /// </exception>
    public static ChatTemplate FromMetadata(string? template, string? bosToken, string? eosToken, TimeProvider? clock = null)
    {
        if (string.IsNullOrWhiteSpace(template))
            throw new InferenceException(InferenceError.UnsupportedTemplate, $"the model has no chat template; name one of {string.Join(", ", Names)}");
        ChatFormat? format = ChatFormats.Recognize(template);
        try
        {
            return new ChatTemplate(template, format, isOwn: true, bosToken, eosToken, clock);
        }
        catch (InferenceException e) when (format is not null)
        {
            return new ChatTemplate(format.Source, format, isOwn: false, bosToken, eosToken, clock) { WhyNotOwn = e.Message };
        }
    }

    /// <summary>A well-known format.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="bosToken">Text of the token that begins a sequence, for <see cref="NeedsBos"/>; null where there is none.</param>
    /// <exception cref="InferenceException">No format has that name.</exception>
    public static ChatTemplate Named(string name, string? bosToken = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ChatFormat format = ChatFormats.Find(name)
            ?? throw new InferenceException(InferenceError.UnsupportedTemplate, $"chat template '{name}' is none of {string.Join(", ", Names)}");
        return new ChatTemplate(format.Source, format, isOwn: false, bosToken, null, null);
    }

    /// <summary>
    /// Writes a conversation. Special tokens stand in it as text: tokenize it with special tokens parsed. Where a
    /// template does not take a system's message at the beginning, it becomes the beginning of the user's first.
    /// </summary>
    /// <param name="messages">The messages, oldest first; at least one.</param>
    /// <param name="addGenerationPrompt">Whether what begins an assistant's answer follows, where the format has such a thing.</param>
    /// <exception cref="InferenceException">
    /// The template refuses the messages (<see cref="InferenceError.RefusedByTemplate"/>), fails or exceeds its bounds
    /// (<see cref="InferenceError.UnsupportedTemplate"/>), or there is no message.
    /// </exception>
    public string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt = true)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (messages.Count == 0) throw new InferenceException(InferenceError.InvalidOption, "a conversation of 0 messages");
        return Write(TakesSystem ? messages : WithoutSystem(messages), _dialect, addGenerationPrompt);
    }

    /// <summary>
    /// Whether text of <see cref="Render"/> still needs the token that begins a sequence, if the tokenizer adds one: not
    /// where the template wrote it.
    /// </summary>
    public bool NeedsBos(string rendered)
    {
        ArgumentNullException.ThrowIfNull(rendered);
        return _bos.Length == 0 || !rendered.StartsWith(_bos, StringComparison.Ordinal);
    }

    private static IReadOnlyList<ChatMessage> WithoutSystem(IReadOnlyList<ChatMessage> messages)
    {
        if (messages[0].Role != "system") return messages;
        if (messages.Count == 1 || messages[1].Role != "user") return [new ChatMessage("user", messages[0].Content), .. messages.Skip(1)];
        string content = messages[1].Content.Length == 0 ? messages[0].Content : $"{messages[0].Content}\n{messages[1].Content}";
        return [new ChatMessage("user", content), .. messages.Skip(2)];
    }

    private string Write(IReadOnlyList<ChatMessage> messages, Dialect dialect, bool addGenerationPrompt)
    {
        List<object?> values = [.. messages.Select(m => ValueOf(m, dialect.TakesParts))];
        Dictionary<string, object?> variables = new()
        {
            ["messages"] = values,
            ["add_generation_prompt"] = addGenerationPrompt,
            ["bos_token"] = _bos,
            ["eos_token"] = _eos,
        };
        if (!dialect.LacksTools) variables["tools"] = variables["documents"] = null;
        return _template.Render(variables, messages.Sum(m => 64L + m.Role.Length + m.Content.Length), _clock);
    }

    private static JinjaMap ValueOf(ChatMessage message, bool takesParts)
    {
        JinjaMap part = new() { ["type"] = "text", ["text"] = message.Content };
        return new JinjaMap { ["role"] = message.Role, ["content"] = takesParts ? new List<object?> { part } : message.Content };
    }

    /// <summary>Whether a conversation shows what is said in it. One that the template refuses does not.</summary>
    private bool Shows(string said, Dialect dialect, params ReadOnlySpan<ChatMessage> messages)
    {
        try
        {
            return Write([.. messages], dialect, addGenerationPrompt: false).Contains(said, StringComparison.Ordinal);
        }
        catch (InferenceException)
        {
            return false;
        }
    }

    /// <summary>Writes an ordinary conversation, so that what is not supported is refused when the model opens.</summary>
    private void CheckSupport()
    {
        try
        {
            string text = Write([new("user", UserProbe), new("assistant", "an answer"), new("user", UserProbe)], _dialect, addGenerationPrompt: true);
            if (!text.Contains(UserProbe, StringComparison.Ordinal))
                throw new InferenceException(InferenceError.UnsupportedTemplate, "the chat template does not write what the user says");
        }
        catch (InferenceException e) when (e.Error == InferenceError.RefusedByTemplate)
        {
            // A template that refuses this conversation may take others, and says so itself when it does not.
        }
    }

    /// <summary>What a template expects of its variables.</summary>
    /// <param name="TakesParts">A message's content is a list of parts, not a string.</param>
    /// <param name="LacksTools">Tools are not defined where there are none, in place of none.</param>
    private readonly record struct Dialect(bool TakesParts, bool LacksTools);
}
