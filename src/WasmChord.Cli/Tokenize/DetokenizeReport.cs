namespace WasmChord.Cli;

/// <summary>What <c>detokenize</c> found.</summary>
/// <param name="Text">The text; what is not UTF-8 in it is U+FFFD.</param>
internal sealed record DetokenizeReport(string Text) : IReport
{
    /// <summary>Writes the text as it is; only a terminal gets a line end after it, so that pipes and files hold the text alone.</summary>
    public void WriteText(TextWriter text)
    {
        text.Write(Text);
        if (!Console.IsOutputRedirected) text.WriteLine();
    }
}
