using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace WasmChord.Bench.Kernels;

/// <summary>
/// In this process, with short iterations: the times are steady enough for ratios, and a run of everything takes
/// minutes. Allocations are shown.
/// </summary>
internal sealed class BenchmarkSettings : ManualConfig
{
    public BenchmarkSettings(bool quick)
    {
        AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(quick ? 3 : 6)
            .WithIterationCount(quick ? 3 : 12)
            .WithIterationTime(TimeInterval.FromMilliseconds(quick ? 80 : 200))
            .WithId(quick ? "quick" : "short"));
        AddDiagnoser(new MemoryDiagnoser(new MemoryDiagnoserConfig(displayGenColumns: false)));
        AddColumnProvider(DefaultColumnProviders.Instance);
        AddColumn(new FloatRateColumn(), ProductRateColumn.Weights, ProductRateColumn.Operations);
        AddLogger(ConsoleLogger.Default);
        AddExporter(MarkdownExporter.GitHub);
        HideColumns(Column.Error, Column.StdDev, Column.Median, Column.Ratio, Column.Job);
    }
}
