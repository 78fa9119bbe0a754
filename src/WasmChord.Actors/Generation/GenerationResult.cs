using WasmChord.Inference;

namespace WasmChord.Actors;

/// <summary>A text, complete.</summary>
/// <param name="Text">The text.</param>
/// <param name="Tokens">The tokens generated.</param>
/// <param name="Completed">Why it ended, and what it took.</param>
public sealed record GenerationResult(string Text, IReadOnlyList<TokenId> Tokens, GenerationProtocol.GenerationCompleted Completed);
