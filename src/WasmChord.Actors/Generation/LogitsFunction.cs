namespace WasmChord.Actors;

/// <summary>Sees the logits of one position, on the thread that computes: it should be quick.</summary>
/// <param name="position">The position in the sequence, from 0: the logits are for the token that follows it.</param>
/// <param name="logits">(vocabulary); valid during the call only.</param>
public delegate void LogitsFunction(int position, ReadOnlySpan<float> logits);
