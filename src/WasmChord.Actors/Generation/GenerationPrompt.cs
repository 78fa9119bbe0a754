using WasmChord.Inference;

namespace WasmChord.Actors;

/// <summary>What a text continues.</summary>
public sealed record GenerationPrompt
{
    private GenerationPrompt(IReadOnlyList<TokenId> tokens) => Tokens = tokens;

    /// <summary>The tokens.</summary>
    internal IReadOnlyList<TokenId> Tokens { get; }

    /// <summary>Tokens as they are: none is added in front.</summary>
    public static GenerationPrompt FromTokens(IReadOnlyList<TokenId> tokens) => new(tokens);
}
