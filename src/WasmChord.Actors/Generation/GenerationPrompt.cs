using WasmChord.Inference;

namespace WasmChord.Actors;

/// <summary>What a text continues: tokens, a text, or a conversation.</summary>
public sealed record GenerationPrompt
{
    private GenerationPrompt()
    {
    }

    /// <summary>The tokens; null for what has yet to be encoded.</summary>
    internal IReadOnlyList<TokenId>? Tokens { get; private init; }

    /// <summary>The text; null for another kind.</summary>
    internal string? Text { get; private init; }

    /// <summary>Whether tokens that begin a text are added to <see cref="Text"/>, where the vocabulary wants them.</summary>
    internal bool AddsSpecial { get; private init; }

    /// <summary>Whether names of control tokens in <see cref="Text"/> are those tokens.</summary>
    internal bool ParsesSpecial { get; private init; }

    /// <summary>The conversation; null for another kind.</summary>
    internal IReadOnlyList<ChatMessage>? Messages { get; private init; }

    /// <summary>Name of a well-known template; null for the model's own.</summary>
    internal string? TemplateName { get; private init; }

    /// <summary>Tokens as they are: none is added in front.</summary>
    public static GenerationPrompt FromTokens(IReadOnlyList<TokenId> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return new GenerationPrompt { Tokens = tokens };
    }

    /// <summary>A text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="addSpecial">Whether tokens that begin a text are added, where the vocabulary wants them.</param>
    /// <param name="parseSpecial">Whether names of control tokens are those tokens: not for text of unknown origin.</param>
    public static GenerationPrompt FromText(string text, bool addSpecial = true, bool parseSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new GenerationPrompt { Text = text, AddsSpecial = addSpecial, ParsesSpecial = parseSpecial };
    }

    /// <summary>A conversation, to be continued by the assistant.</summary>
    /// <param name="messages">The turns so far.</param>
    /// <param name="templateName">A well-known template, see <see cref="ChatTemplate.Names"/>; null for the model's own.</param>
    public static GenerationPrompt FromChat(IReadOnlyList<ChatMessage> messages, string? templateName = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return new GenerationPrompt { Messages = messages, TemplateName = templateName };
    }
}
