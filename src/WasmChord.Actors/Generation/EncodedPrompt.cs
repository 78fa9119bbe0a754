using WasmChord.Inference;

namespace WasmChord.Actors;

/// <summary>A prompt's tokens, and what its format ends an answer with.</summary>
/// <param name="Tokens">The tokens.</param>
internal readonly record struct EncodedPrompt(IReadOnlyList<TokenId> Tokens)
{
    /// <summary>A token that ends the answer besides the vocabulary's own; null for none.</summary>
    public TokenId? EndToken { get; init; }

    /// <summary>A text that ends it; null for none.</summary>
    public string? EndText { get; init; }
}
