using System.Globalization;

namespace WasmChord.Bench.Figures;

/// <summary>One axis of a plot: which values it spans, where they lie, and which of them are marked.</summary>
public sealed class PlotAxis
{
    private const int MarkCount = 6;

    private readonly double _from, _to;

    /// <summary>Spans the values.</summary>
    /// <param name="scale">How values are spaced.</param>
    /// <param name="values">Not negative, at least one; more than 0 where doublings are equal.</param>
    /// <exception cref="ArgumentException">There is no value, or one that the scale cannot show.</exception>
    public PlotAxis(AxisScale scale, IReadOnlyCollection<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0) throw new ArgumentException("an axis needs a value", nameof(values));
        double least = values.Min(), most = values.Max();
        if (!double.IsFinite(least) || !double.IsFinite(most) || least < 0 || (scale == AxisScale.Doubling && least == 0))
            throw new ArgumentException($"values from {least} to {most} are not for a {scale} axis", nameof(values));
        Scale = scale;
        if (scale == AxisScale.Linear)
        {
            double step = Step(most == 0 ? 1 : most);
            (_from, _to) = (0, Math.Ceiling(most == 0 ? 1 : most / step * (1 - 1e-9)) * (most == 0 ? 1 : step));
            Marks = [.. Enumerable.Range(0, (int)Math.Round(_to / step) + 1).Select(i => i * step)];
        }
        else
        {
            int first = (int)Math.Floor(Math.Log2(least) + 1e-9), last = Math.Max(first + 1, (int)Math.Ceiling(Math.Log2(most) - 1e-9));
            (_from, _to) = (first, last);
            int stride = (last - first + MarkCount * 2 - 1) / (MarkCount * 2);
            Marks = [.. Enumerable.Range(0, (last - first) / stride + 1).Select(i => Math.Pow(2, first + i * stride))];
        }
    }

    /// <summary>How values are spaced.</summary>
    public AxisScale Scale { get; }

    /// <summary>Values that get a line and a label, ascending.</summary>
    public IReadOnlyList<double> Marks { get; }

    /// <summary>Where a value lies: 0 at the start of the axis, 1 at its end.</summary>
    public double Position(double value) => ((Scale == AxisScale.Linear ? value : Math.Log2(value)) - _from) / (_to - _from);

    /// <summary>A mark's label, without trailing zeros.</summary>
    public static string Label(double mark) => mark.ToString("#,0.####", CultureInfo.InvariantCulture);

    /// <summary>1, 2 or 5 times a power of ten, such that about <see cref="MarkCount"/> of them reach the top.</summary>
    private static double Step(double most)
    {
        double rough = most / MarkCount, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return power * (rough / power) switch { <= 1.0001 => 1, <= 2.0001 => 2, <= 5.0001 => 5, _ => 10 };
    }
}
