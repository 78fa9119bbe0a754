namespace WasmChord.Cli.Tests;

public sealed class LatencySummaryTests
{
    [Fact]
    public void Of_OneToHundred_TakesTheNearestRanks()
    {
        LatencySummary summary = LatencySummary.Of([.. Enumerable.Range(1, 100).Reverse().Select(i => (float)i)]);

        Assert.Equal(new LatencySummary(50, 95, 100, 100), summary);
    }

    [Fact]
    public void Of_One_IsThatOne() => Assert.Equal(new LatencySummary(7, 7, 7, 1), LatencySummary.Of([7f]));

    [Fact]
    public void Of_None_IsZeros() => Assert.Equal(default, LatencySummary.Of([]));
}
