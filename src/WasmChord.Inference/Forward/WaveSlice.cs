namespace WasmChord.Inference;

/// <summary>One sequence's part of a wave.</summary>
/// <param name="Sequence">Its keys and values, with room for the tokens.</param>
/// <param name="Tokens">The tokens that follow what is cached; at least one.</param>
/// <param name="LogitsFrom">From which of them on logits are wanted; as many as there are tokens: none.</param>
public readonly record struct WaveSlice(KvSequence Sequence, ReadOnlyMemory<TokenId> Tokens, int LogitsFrom);
