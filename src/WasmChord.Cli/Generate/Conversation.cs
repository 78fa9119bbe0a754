using WasmChord.Actors;
using WasmChord.Inference;

namespace WasmChord.Cli;

/// <summary>What was said so far.</summary>
/// <param name="template">Name of a format; null for the model's own.</param>
/// <param name="system">What the model is told first; null for nothing.</param>
internal sealed class Conversation(string? template, string? system)
{
    private readonly List<ChatMessage> _messages = system is null ? [] : [new ChatMessage("system", system)];

    /// <summary>Adds a question; what the model continues.</summary>
    internal GenerationPrompt Ask(string question)
    {
        _messages.Add(new ChatMessage("user", question));
        return GenerationPrompt.FromChat([.. _messages], template);
    }

    /// <summary>Adds what the model answered.</summary>
    internal void Answered(string text) => _messages.Add(new ChatMessage("assistant", text));
}
