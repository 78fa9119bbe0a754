namespace WasmChord.Bench.Compare;

/// <summary>What a process reported.</summary>
/// <param name="Value">In the unit of its case: the median of what it measured.</param>
/// <param name="BytesPerToken">Bytes that storage delivered per token; null where the program does not say.</param>
internal readonly record struct Reading(double Value, double? BytesPerToken = null);
