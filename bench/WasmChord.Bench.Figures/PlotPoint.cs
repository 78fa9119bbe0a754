namespace WasmChord.Bench.Figures;

/// <summary>One point of a line.</summary>
/// <param name="X">Across.</param>
/// <param name="Y">Up: the median.</param>
/// <param name="Low">Least of the measurements.</param>
/// <param name="High">Greatest of the measurements.</param>
public readonly record struct PlotPoint(double X, double Y, double Low, double High)
{
    /// <summary>A single value.</summary>
    public PlotPoint(double x, double y) : this(x, y, y, y)
    {
    }

    /// <summary>A series at a place.</summary>
    public static PlotPoint Of(double x, Series series)
    {
        ArgumentNullException.ThrowIfNull(series);
        return new PlotPoint(x, series.Median, series.Min, series.Max);
    }
}
