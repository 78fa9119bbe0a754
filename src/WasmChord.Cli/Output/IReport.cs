namespace WasmChord.Cli;

/// <summary>The result of a command: serialized as it is with <c>--json</c>, else written for people.</summary>
internal interface IReport
{
    /// <summary>Writes the result for people.</summary>
    void WriteText(TextWriter text);
}
