namespace WasmChord.Bench.Compare;

/// <summary>A program's output is not what it is documented to be.</summary>
internal sealed class OutputFormatException(string message, Exception? cause = null) : Exception(message, cause);
