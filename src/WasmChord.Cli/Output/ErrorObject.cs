namespace WasmChord.Cli;

/// <summary>The object that goes to standard error when a command with <c>--json</c> fails.</summary>
internal sealed record ErrorObject(ErrorReport Error);
