namespace WasmChord.Bench.Traces;

/// <summary>Pieces of traces: numbers of segments, to be strung together.</summary>
internal static class Phases
{
    /// <summary><paramref name="uses"/> uses in a loop over <paramref name="length"/> segments from <paramref name="first"/>.</summary>
    public static IEnumerable<int> Cycle(int first, int length, int uses) => Enumerable.Range(0, uses).Select(i => first + i % length);

    /// <summary>The same loop backwards: what is next in the image has just been used.</summary>
    public static IEnumerable<int> Backwards(int first, int length, int uses) => Cycle(first, length, uses).Select(i => 2 * first + length - 1 - i);

    /// <summary>A loop over the segments in some fixed order that is not the image's.</summary>
    public static IEnumerable<int> ShuffledCycle(Random random, int first, int length, int uses)
    {
        int[] order = Shuffled(random, length);
        return Enumerable.Range(0, uses).Select(i => first + order[i % length]);
    }

    /// <summary>Independent uses by popularity, the popular ones anywhere.</summary>
    public static IEnumerable<int> Zipf(Random random, int segments, double exponent, int uses)
    {
        var distribution = new ZipfDistribution(segments, exponent);
        int[] order = Shuffled(random, segments);
        return [.. Enumerable.Range(0, uses).Select(_ => order[distribution.Next(random)])];
    }

    /// <summary>Independent uses, all segments alike.</summary>
    public static IEnumerable<int> Uniform(Random random, int first, int length, int uses) =>
        [.. Enumerable.Range(0, uses).Select(_ => first + random.Next(length))];

    /// <summary>Each use near the last one: a wandering working set.</summary>
    public static IEnumerable<int> Walk(Random random, int segments, int step, int uses)
    {
        int at = random.Next(segments);
        return [.. Enumerable.Range(0, uses).Select(_ => at = (at + random.Next(2 * step + 1) - step + segments) % segments)];
    }

    public static int[] Shuffled(Random random, int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        random.Shuffle(order);
        return order;
    }
}
