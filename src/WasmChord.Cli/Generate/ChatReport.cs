namespace WasmChord.Cli;

/// <summary>A conversation.</summary>
/// <param name="Template">The format: a name, or <c>model</c>.</param>
/// <param name="Turns">The model's answers.</param>
internal sealed record ChatReport(string Template, IReadOnlyList<GenerateReport> Turns) : IReport
{
    /// <summary>It was written as it came.</summary>
    public void WriteText(TextWriter text)
    {
    }
}
