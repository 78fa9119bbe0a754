namespace WasmChord.Cli;

/// <summary>Whoever read standard output has gone: the command ends, and has nobody to tell.</summary>
internal sealed class OutputClosedException() : IOException("nobody reads standard output any more");
