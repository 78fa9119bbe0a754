namespace WasmChord.Inference;

/// <summary>The value of what has none: it prints as nothing, is false, has no elements; anything else is an error.</summary>
internal sealed record JinjaUndefined(string Name);
