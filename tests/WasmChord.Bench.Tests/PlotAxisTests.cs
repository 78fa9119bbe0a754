using WasmChord.Bench.Figures;

namespace WasmChord.Bench.Tests;

public sealed class PlotAxisTests
{
    [Theory]
    [InlineData(13.97)]
    [InlineData(0.0031)]
    [InlineData(4096)]
    [InlineData(1)]
    public void Linear_AnyMaximum_SpansFromZeroWithFewRoundMarks(double most)
    {
        PlotAxis axis = new(AxisScale.Linear, [most / 3, most]);
        Assert.Equal(0, axis.Marks[0]);
        Assert.InRange(axis.Marks.Count, 3, 9);
        Assert.InRange(axis.Position(most), 0.5, 1);
        Assert.Equal(1, axis.Position(axis.Marks[^1]), 9);
    }

    [Fact]
    public void Doubling_PowersOfTwo_AreEquallyFarApart()
    {
        PlotAxis axis = new(AxisScale.Doubling, [1, 2, 4, 8, 16, 32]);
        Assert.Equal([1, 2, 4, 8, 16, 32], axis.Marks);
        Assert.Equal(0.2, axis.Position(4) - axis.Position(2), 9);
        Assert.Equal(0.2, axis.Position(32) - axis.Position(16), 9);
    }

    [Fact]
    public void Linear_AllZero_StillHasRoom() => Assert.Equal(0, new PlotAxis(AxisScale.Linear, [0]).Position(0));

    [Theory]
    [InlineData(AxisScale.Linear, new[] { -1.0 })]
    [InlineData(AxisScale.Doubling, new[] { 0.0, 1 })]
    [InlineData(AxisScale.Linear, new double[0])]
    public void Axis_ValuesItCannotShow_Refused(AxisScale scale, double[] values) => Assert.Throws<ArgumentException>(() => new PlotAxis(scale, values));
}
