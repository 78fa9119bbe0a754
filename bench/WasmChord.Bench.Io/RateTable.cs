using WasmChord.Bench.Figures;

namespace WasmChord.Bench.Io;

/// <summary>What was measured, as a table: a row a way, a column a request size; GB/s and, in parentheses, processor seconds per GiB.</summary>
internal static class RateTable
{
    /// <summary>The table.</summary>
    /// <param name="requests">Request sizes in MiB, in the order of columns.</param>
    /// <param name="results">All measurements of each cell; rows come in the order of the cells.</param>
    public static MarkdownTable Of(IReadOnlyList<int> requests, IReadOnlyDictionary<Cell, List<Measurement>> results)
    {
        MarkdownTable table = new(["way", "pages", "memory", "threads", .. requests.Select(r => $"{r} MiB")]);
        foreach (var row in results.GroupBy(r => string.Join(' ', r.Key.Row)))
        {
            table.Add([.. row.First().Key.Row, .. requests.Select(request =>
                row.FirstOrDefault(r => r.Key.RequestMebibytes == request).Value is { Count: > 0 } all ? Measurement.Median(all).ToString() : "–")]);
        }
        return table;
    }

    /// <summary>The fastest cell of each way, fastest first.</summary>
    public static IEnumerable<(Cell Cell, Measurement Median)> Best(IReadOnlyDictionary<Cell, List<Measurement>> results) => results
        .Where(r => r.Value.Count > 0)
        .Select(r => (Cell: r.Key, Median: Measurement.Median(r.Value)))
        .GroupBy(r => r.Cell.Row[0])
        .Select(way => way.MaxBy(r => r.Median.Rate))
        .OrderByDescending(r => r.Median.Rate);
}
