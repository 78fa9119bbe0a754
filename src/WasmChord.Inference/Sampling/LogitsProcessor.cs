namespace WasmChord.Inference;

/// <summary>Changes logits before everything else that a <see cref="Sampler"/> does.</summary>
/// <param name="logits">(vocabulary).</param>
/// <param name="index">Index of the token that will be chosen from them, from 0 at the first one generated.</param>
public delegate void LogitsProcessor(Span<float> logits, long index);
