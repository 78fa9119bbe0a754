using WasmChord.Bench.Figures;

namespace WasmChord.Bench.Tests;

public sealed class SeriesTests
{
    [Theory]
    [InlineData(new[] { 3.0 }, 3, 0)]
    [InlineData(new[] { 4.0, 1.0, 3.0 }, 3, 1)]
    [InlineData(new[] { 8.0, 2.0, 4.0, 6.0 }, 5, 1.2)]
    public void Median_AnyOrder_IsTheMiddle(double[] values, double median, double spread)
    {
        Series series = new(values);
        Assert.Equal(median, series.Median);
        Assert.Equal(spread, series.Spread, 12);
        Assert.Equal(values, series.Values);
    }

    [Fact]
    public void RatioTo_PairsOfRounds_IsTheMedianOfTheirRatios()
    {
        // The ratio of medians would be 1: what slowed the second round slowed both.
        Series ours = new([10, 2, 30]), theirs = new([5, 1, 10]);
        Assert.Equal(2, ours.RatioTo(theirs));
        Assert.Equal(2, new Series([4, 8]).RatioTo(new Series([2, 4, 1000])));
    }

    [Fact]
    public void RatioTo_Zero_Throws() => Assert.Throws<DivideByZeroException>(() => new Series([1]).RatioTo(new Series([0])));

    [Theory]
    [InlineData(new double[0])]
    [InlineData(new[] { 1, double.NaN })]
    [InlineData(new[] { double.PositiveInfinity })]
    public void Series_NothingOrNotFinite_Refused(double[] values) => Assert.Throws<ArgumentException>(() => new Series(values));

    [Fact]
    public void ToString_OneAndSeveral_ShowsTheRangeOfSeveral()
    {
        Assert.Equal("1.50", new Series([1.5]).ToString("0.00"));
        Assert.Equal("2.0 (1.0–4.0)", new Series([1, 4, 2]).ToString("0.0"));
    }
}
