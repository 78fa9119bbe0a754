using System.Globalization;

namespace WasmChord.Bench.Figures;

/// <summary>Repeated measurements of one thing, in the order they were taken. Needs at least one.</summary>
public sealed class Series
{
    private readonly double[] _sorted;

    /// <summary>Takes the values as they are.</summary>
    /// <param name="values">Finite numbers, at least one.</param>
    /// <exception cref="ArgumentException">There is none, or one is not finite.</exception>
    public Series(IEnumerable<double> values)
    {
        Values = [.. values];
        if (Values.Count == 0) throw new ArgumentException("a series needs at least one value", nameof(values));
        if (Values.Any(v => !double.IsFinite(v))) throw new ArgumentException($"{string.Join(", ", Values)}: not all are finite", nameof(values));
        _sorted = [.. Values.Order()];
    }

    /// <summary>The values, as they came.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>The middle value; of an even count, the mean of the two in the middle.</summary>
    public double Median => (_sorted[(_sorted.Length - 1) / 2] + _sorted[_sorted.Length / 2]) / 2;

    /// <summary>The least value.</summary>
    public double Min => _sorted[0];

    /// <summary>The greatest value.</summary>
    public double Max => _sorted[^1];

    /// <summary>(greatest − least) ÷ median: how far the values lie apart; 0 where all are 0.</summary>
    public double Spread => Median == 0 ? 0 : (Max - Min) / Math.Abs(Median);

    /// <summary>
    /// The median of the ratios of values taken one after the other: what slows both of a pair cancels out, so it is
    /// steadier on a noisy machine than the ratio of medians. Where the counts differ, the shorter decides.
    /// </summary>
    /// <param name="other">The denominators, none of them 0.</param>
    /// <exception cref="DivideByZeroException">A denominator is 0.</exception>
    public double RatioTo(Series other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new Series(Values.Zip(other.Values, (a, b) => b == 0 ? throw new DivideByZeroException("a ratio to 0") : a / b)).Median;
    }

    /// <summary>The median and, in parentheses, the least and the greatest, where there are several.</summary>
    /// <param name="format">Of each number.</param>
    public string ToString(string format)
    {
        string Text(double v) => v.ToString(format, CultureInfo.InvariantCulture);
        return Values.Count == 1 ? Text(Median) : $"{Text(Median)} ({Text(Min)}–{Text(Max)})";
    }
}
