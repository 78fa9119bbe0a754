using System.Globalization;
using System.Text;
using WasmChord.Bench.Figures;

namespace WasmChord.Bench.Kernels;

/// <summary>Rates of kernels as Markdown.</summary>
internal static class RateReport
{
    private const string None = "–";

    /// <summary>A row a type: both sizes side by side. The rate that counts against the goal is the ratio to the peer, or that to a plain store.</summary>
    public static string Dequantize(IEnumerable<DequantizeRates> rates)
    {
        MarkdownTable table = new(["to float, GB/s", .. Sizes(rates).SelectMany(v => new[] { $"{Size(v)}", "ggml", "ratio", "store", "of store" })]);
        foreach (var row in rates.GroupBy(r => r.Type))
        {
            table.Add([row.Key.ToString(), .. row.SelectMany(r => new[]
            {
                Text(r.Ours.Median), Text(r.Peer?.Median), Text(r.Peer is null ? null : r.Ours.RatioTo(r.Peer), "0.00"), Text(r.Store.Median), Text(r.Ours.RatioTo(r.Store), "0.00"),
            })]);
        }
        return table.ToString();
    }

    /// <summary>A row a type and place: GB/s of weights and GFLOP/s at each number of positions.</summary>
    public static string Products(IEnumerable<ProductRates> rates)
    {
        int[] positions = [.. rates.Select(r => r.Positions).Distinct()];
        MarkdownTable table = new(["product", "weights in", .. positions.SelectMany(p => new[] { $"{p}: GB/s", "GFLOP/s", "ggml GB/s", "GFLOP/s", "ratio" })]);
        foreach (var row in rates.GroupBy(r => (r.Type, r.From)))
        {
            table.Add([row.Key.Type.ToString(), row.Key.From.ToString().ToLowerInvariant(), .. row.SelectMany(r => new[]
            {
                Text(r.Gigabytes(r.Ours)), Text(r.Gigaflops(r.Ours)), Text(r.Peer is null ? null : r.Gigabytes(r.Peer)), Text(r.Peer is null ? null : r.Gigaflops(r.Peer)),
                Text(r.Peer is null ? null : r.Ours.RatioTo(r.Peer), "0.00"),
            })]);
        }
        return table.ToString();
    }

    /// <summary>Both tables, and what they are of.</summary>
    public static string All(string command, IReadOnlyCollection<DequantizeRates> dequantize, IReadOnlyCollection<ProductRates> products)
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"`{command}`").AppendLine();
        text.AppendLine("One thread; medians of interleaved rounds; a ratio is the median of the rounds' ratios, above 1 where this project is ahead.");
        if (dequantize.Count > 0) text.AppendLine().Append(Dequantize(dequantize));
        if (products.Count > 0) text.AppendLine().Append(Products(products));
        return text.ToString();
    }

    private static IEnumerable<int> Sizes(IEnumerable<DequantizeRates> rates) => rates.Select(r => r.Values).Distinct();

    private static string Size(int values) => values >= 1 << 20 ? $"{values >> 20} Mi" : values.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Text(double? value, string? format = null) =>
        value is { } number ? number.ToString(format ?? (number < 10 ? "0.00" : "0.0"), CultureInfo.InvariantCulture) : None;
}
