using System.Text;

namespace WasmChord.Bench.Figures;

/// <summary>A table that reads the same on a terminal and as Markdown: columns are padded; all but the first are right-aligned.</summary>
/// <param name="headings">One a column.</param>
public sealed class MarkdownTable(params IReadOnlyList<string> headings)
{
    private readonly List<IReadOnlyList<string>> _rows = [];

    /// <summary>Rows so far, the heading not counted.</summary>
    public int RowCount => _rows.Count;

    /// <summary>Adds a row.</summary>
    /// <param name="cells">One a column; a bar in a cell is escaped.</param>
    /// <exception cref="ArgumentException">There are more or fewer than columns.</exception>
    public void Add(params IReadOnlyList<string> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        if (cells.Count != headings.Count) throw new ArgumentException($"{cells.Count} cells for {headings.Count} columns", nameof(cells));
        _rows.Add([.. cells.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal))]);
    }

    /// <summary>The table, each line ended.</summary>
    public override string ToString()
    {
        int[] widths = [.. Enumerable.Range(0, headings.Count).Select(i => Math.Max(3, _rows.Prepend(headings).Max(r => r[i].Length)))];
        StringBuilder text = new();
        Line(headings);
        text.Append('|');
        for (int i = 0; i < widths.Length; i++) text.Append(i == 0 ? $" {new string('-', widths[i])} |" : $" {new string('-', widths[i] - 1)}: |");
        text.AppendLine();
        foreach (IReadOnlyList<string> row in _rows) Line(row);
        return text.ToString();

        void Line(IReadOnlyList<string> cells)
        {
            text.Append('|');
            for (int i = 0; i < widths.Length; i++) text.Append(' ').Append(i == 0 ? cells[i].PadRight(widths[i]) : cells[i].PadLeft(widths[i])).Append(" |");
            text.AppendLine();
        }
    }
}
