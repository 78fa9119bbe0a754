namespace WasmChord.Cli;

/// <summary>A conversation.</summary>
/// <param name="Template">The format: <c>model</c> for the model's own template, else the name of a well-known one.</param>
/// <param name="TemplateProblem">Why the model's own template was not used though none was named; absent otherwise.</param>
/// <param name="Turns">The model's answers.</param>
internal sealed record ChatReport(string Template, string? TemplateProblem, IReadOnlyList<GenerateReport> Turns) : IReport
{
    /// <summary>It was written as it came.</summary>
    public void WriteText(TextWriter text)
    {
    }
}
