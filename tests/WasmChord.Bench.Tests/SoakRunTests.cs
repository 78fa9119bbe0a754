using WasmChord.Bench.Soak;
using WasmChord.Memory64;
using WasmChord.TestData;

namespace WasmChord.Bench.Tests;

public sealed class SoakRunTests
{
    private static string Model { get; } = Path.Combine(SharedTestData.RepositoryRoot, "src", "WasmChord.Cli", "Demo", "demo.gguf");

    [Fact]
    public async Task Soak_OfSomeSeconds_LeavesNothingHeldAndSurprisesNobody()
    {
        SoakPlan plan = new(Model, BudgetSpec.Parse("2MiB"), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2), 3, 3) { SampleEvery = TimeSpan.FromSeconds(0.1), MostTokens = 2 };

        SoakReport report = await SoakRun.RunAsync(plan, TextWriter.Null, CancellationToken.None);

        Assert.Empty(report.Counts.Unexpected);
        Assert.Equal("", report.Left);
        Assert.True(report.Counts.Completed > 0, "no text was completed");
        Assert.True(report.Counts.Leases > 0, "no layer was read");
        Assert.NotEmpty(report.Samples);
        Assert.All(report.Samples, sample => Assert.True(sample.PrivateBytes > 0));
        Assert.Contains(report.Samples, sample => sample.BudgetBytes < report.Samples[0].BudgetBytes);
    }

    [Fact]
    public void Report_OfRisingMemory_SaysByHowMuch()
    {
        SoakSample[] samples = [.. Enumerable.Range(0, 100).Select(i => new SoakSample(i, 1, 1000 + i, 0, 0))];

        SoakReport report = new(samples, new SoakCounts(), "", 0);

        Assert.Equal([1039, 1059, 1079, 1099], report.Peaks);
        Assert.Equal(60.0 / 1039, report.Spread, 12);
    }
}
