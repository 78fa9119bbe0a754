using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>What <c>logits</c> wrote.</summary>
/// <param name="Rows">Rows: one a token.</param>
/// <param name="Columns">Values of a row: the vocabulary.</param>
/// <param name="Out">The file.</param>
/// <param name="PeakResidentBytes">The most that weights filled and generation had reserved.</param>
internal sealed record LogitsReport(int Rows, int Columns, string Out, long PeakResidentBytes) : IReport
{
    /// <inheritdoc/>
    public void WriteText(TextWriter text) =>
        text.WriteLine($"{Out}: {Rows} rows of {Columns} 32-bit floats; peak resident {ByteSize.Format(PeakResidentBytes)}");
}
