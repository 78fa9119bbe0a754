namespace WasmChord.Cli;

/// <summary>What <c>dump</c> wrote.</summary>
/// <param name="Tensor">Its name.</param>
/// <param name="Type">Its type in the model.</param>
/// <param name="Shape">Its extents, innermost first.</param>
/// <param name="Values">Values written, each a little-endian 32-bit float.</param>
/// <param name="Out">The file.</param>
internal sealed record DumpReport(string Tensor, string Type, long[] Shape, long Values, string Out) : IReport
{
    /// <inheritdoc/>
    public void WriteText(TextWriter text) =>
        text.WriteLine($"{Tensor} ({Type}, [{string.Join(", ", Shape)}]): {Values} values written to {Out}");
}
