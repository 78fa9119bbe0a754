namespace WasmChord.Cli;

/// <summary>The tensors of one type.</summary>
/// <param name="Count">How many.</param>
/// <param name="Bytes">Bytes of their data.</param>
internal readonly record struct TypeSum(int Count, long Bytes);
