namespace WasmChord.Memory64;

/// <summary>How many values a block takes and gives.</summary>
internal readonly record struct BlockArity(int Parameters, int Results);
