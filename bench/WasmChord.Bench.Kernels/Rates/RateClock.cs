using System.Diagnostics;

namespace WasmChord.Bench.Kernels;

/// <summary>Times short actions against each other.</summary>
/// <param name="rounds">How often each is measured.</param>
/// <param name="leastSeconds">The shortest measurement: short actions are repeated within it.</param>
internal sealed class RateClock(int rounds, double leastSeconds)
{
    private const int WarmUpRounds = 2;

    /// <summary>
    /// Measures actions in turns, so that what slows the machine for a while slows them alike.
    /// </summary>
    /// <param name="actions">What to do; null entries are left out.</param>
    /// <returns>Seconds of one call: one array an action, one value a round; null for what was left out.</returns>
    public double[]?[] Measure(params IReadOnlyList<Action?> actions)
    {
        long[] counts = [.. actions.Select(a => a is null ? 0 : Calibrate(a))];
        double[]?[] seconds = [.. actions.Select(a => a is null ? null : new double[rounds])];
        for (int round = -WarmUpRounds; round < rounds; round++)
        {
            for (int i = 0; i < actions.Count; i++)
            {
                if (actions[i] is not { } action) continue;
                double one = Time(action, counts[i]);
                if (round >= 0) seconds[i]![round] = one;
            }
        }
        return seconds;
    }

    private long Calibrate(Action action)
    {
        // Runs long enough for the runtime to compile the hot path anew before anything counts.
        long count = 1;
        while (Time(action, count) * count < leastSeconds) count *= 2;
        return count;
    }

    private static double Time(Action action, long count)
    {
        long start = Stopwatch.GetTimestamp();
        for (long i = 0; i < count; i++) action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / count;
    }
}
