using WasmChord.Inference;

namespace WasmChord.Actors;

/// <summary>One token of a text that is being generated.</summary>
/// <param name="Token">The token.</param>
/// <param name="Text">
/// The text that is certain now and was not before: valid UTF-8, often empty while a character or a possible stop string
/// is incomplete.
/// </param>
/// <param name="Index">Its place among the tokens generated, from 0.</param>
public readonly record struct GeneratedToken(TokenId Token, string Text, int Index);
