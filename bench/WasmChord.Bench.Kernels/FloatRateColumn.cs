using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace WasmChord.Bench.Kernels;

/// <summary>Bytes of float32 that a conversion makes or takes per second, in GB/s, where a benchmark states its values.</summary>
internal sealed class FloatRateColumn : IColumn
{
    public string Id => nameof(FloatRateColumn);

    public string ColumnName => "GB/s of floats";

    public string Legend => "Bytes of float32 per nanosecond";

    public bool AlwaysShow => false;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase, SummaryStyle.Default);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style)
    {
        double? nanoseconds = summary[benchmarkCase]?.ResultStatistics?.Mean;
        return nanoseconds is { } ns && ValuesOf(benchmarkCase) is { } values
            ? (values * (double)sizeof(float) / ns).ToString("0.00", CultureInfo.InvariantCulture)
            : "-";
    }

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public bool IsAvailable(Summary summary) => summary.BenchmarksCases.Any(b => ValuesOf(b) is not null);

    private static int? ValuesOf(BenchmarkCase benchmarkCase) =>
        benchmarkCase.Parameters.Items.FirstOrDefault(p => p.Name == "Values")?.Value as int?;
}
