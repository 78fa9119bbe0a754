using WasmChord.Actors;
using WasmChord.Inference;

namespace WasmChord.Cli;

/// <summary>What was said so far, and how a model wants to read it.</summary>
internal sealed class Conversation
{
    private readonly Tokenizer _tokenizer;
    private readonly ChatTemplate _template;
    private readonly List<ChatMessage> _messages = [];

    private Conversation(Tokenizer tokenizer, ChatTemplate template)
    {
        _tokenizer = tokenizer;
        _template = template;
    }

    /// <summary>Name of the format.</summary>
    internal string TemplateName => _template.Name;

    /// <summary>Begins one.</summary>
    /// <param name="model">The model.</param>
    /// <param name="template">Name of a format; null for the model's own.</param>
    /// <param name="system">What the model is told first; null for nothing.</param>
    /// <exception cref="ToolException">The model brings no template, and none was named.</exception>
    internal static async Task<Conversation> BeginAsync(StreamedModel model, string? template, string? system)
    {
        Tokenizer tokenizer = await model.GetTokenizerAsync().ConfigureAwait(false);
        string? own = model.Description.ChatTemplate;
        if (template is null && own is null)
            throw new ToolException("no_template", $"{model.Description.Path} brings no chat template: name one with --template ({string.Join(", ", ChatTemplate.Names)})");
        Conversation conversation = new(tokenizer, template is null ? ChatTemplate.Parse(own!) : ChatTemplate.Named(template));
        if (system is not null) conversation._messages.Add(new ChatMessage("system", system));
        return conversation;
    }

    /// <summary>Adds a question; what the model continues.</summary>
    internal GenerationPrompt Ask(string question)
    {
        _messages.Add(new ChatMessage("user", question));
        string begin = TextOf(_tokenizer.Special.BeginOfSequence);
        string text = _template.Render(_messages, true, begin, TextOf(_tokenizer.Special.EndOfSequence), DateTimeOffset.Now);
        // A template that writes the begin token itself needs no second one.
        bool begins = begin.Length > 0 && text.StartsWith(begin, StringComparison.Ordinal);
        return GenerationPrompt.FromTokens([.. _tokenizer.Encode(text, !begins, true)]);
    }

    /// <summary>Adds what the model answered.</summary>
    internal void Answered(string text) => _messages.Add(new ChatMessage("assistant", text));

    private string TextOf(TokenId? token) => token is { } id ? _tokenizer.Decode([id], true) : "";
}
