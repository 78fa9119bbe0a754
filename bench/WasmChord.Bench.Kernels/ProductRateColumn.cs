using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using WasmChord.Gguf;

namespace WasmChord.Bench.Kernels;

/// <summary>A rate of a matrix product: something it does, in units per nanosecond.</summary>
/// <param name="name">Heading.</param>
/// <param name="legend">What it means.</param>
/// <param name="amount">How many units one product of a type, a place and a number of positions takes.</param>
internal sealed class ProductRateColumn(
    string name, string legend, Func<GgmlType, WeightPlace, int, double> amount) : IColumn
{
    public static readonly ProductRateColumn Weights = new(
        "GB/s of weights", "Bytes of weights per nanosecond", (type, from, _) => ProductBenchmarks.WeightBytes(type, from));

    public static readonly ProductRateColumn Operations = new(
        "GFLOP/s", "Multiplications and additions per nanosecond", ProductBenchmarks.Operations);

    public string Id => $"{nameof(ProductRateColumn)}.{name}";

    public string ColumnName => name;

    public string Legend => legend;

    public bool AlwaysShow => false;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase, SummaryStyle.Default);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) =>
        summary[benchmarkCase]?.ResultStatistics?.Mean is { } nanoseconds && AmountOf(benchmarkCase) is { } units
            ? (units / nanoseconds).ToString("0.0", CultureInfo.InvariantCulture)
            : "-";

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public bool IsAvailable(Summary summary) => summary.BenchmarksCases.Any(b => AmountOf(b) is not null);

    private double? AmountOf(BenchmarkCase benchmarkCase)
    {
        object? Value(string parameter) => benchmarkCase.Parameters.Items.FirstOrDefault(p => p.Name == parameter)?.Value;
        return Value(nameof(ProductBenchmarks.Type)) is GgmlType type
            && Value(nameof(ProductBenchmarks.From)) is WeightPlace from
            && Value(nameof(ProductBenchmarks.Positions)) is int positions
            ? amount(type, from, positions)
            : null;
    }
}
