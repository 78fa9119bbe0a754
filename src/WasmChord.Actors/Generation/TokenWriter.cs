using WasmChord.Inference;

namespace WasmChord.Actors;

/// <summary>Chooses the tokens of one sequence and makes text of them. For the wave's thread.</summary>
internal sealed class TokenWriter
{
    /// <summary>Chooses the next token.</summary>
    public TokenId Choose(Span<float> logits) => new(System.Numerics.Tensors.TensorPrimitives.IndexOfMax(logits));

    /// <summary>Proposes tokens that may follow.</summary>
    public int Draft(Span<TokenId> drafts) => 0;

    /// <summary>Adds a token to the text.</summary>
    /// <returns>What is certain now, and whether the text has ended.</returns>
    public (string Text, GenerationEnd? End) Write(TokenId token) => ("", null);

    /// <summary>Text that is still held back.</summary>
    public string Flush() => "";
}
