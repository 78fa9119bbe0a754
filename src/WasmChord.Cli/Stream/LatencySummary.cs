namespace WasmChord.Cli;

/// <summary>Times between a request and its lease, in milliseconds; zeros where there is none.</summary>
/// <param name="P50">The median.</param>
/// <param name="P95">95 of 100 took at most this.</param>
/// <param name="Max">The longest.</param>
/// <param name="Count">How many.</param>
internal readonly record struct LatencySummary(double P50, double P95, double Max, int Count)
{
    /// <summary>Summarizes; sorts the list in place.</summary>
    public static LatencySummary Of(List<float> milliseconds)
    {
        if (milliseconds.Count == 0) return default;
        milliseconds.Sort();
        return new LatencySummary(At(milliseconds, 0.5), At(milliseconds, 0.95), Math.Round(milliseconds[^1], 3), milliseconds.Count);
    }

    // The nearest rank: the smallest value that at least this part of all do not exceed.
    private static double At(List<float> sorted, double part) =>
        Math.Round(sorted[Math.Max(0, (int)Math.Ceiling(part * sorted.Count) - 1)], 3);
}
