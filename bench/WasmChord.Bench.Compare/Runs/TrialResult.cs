using WasmChord.Bench.Figures;

namespace WasmChord.Bench.Compare;

/// <summary>All that one contestant did in one case.</summary>
/// <param name="Contestant">Who.</param>
/// <param name="Command">What was run.</param>
/// <param name="Samples">One a round; fewer where it failed and was not run again.</param>
internal sealed record TrialResult(string Contestant, string Command, IReadOnlyList<TrialSample> Samples)
{
    /// <summary>The figures of the rounds that succeeded; null where none did.</summary>
    public Series? Values() => Samples.Any(s => s.Value is not null) ? new Series(Samples.Where(s => s.Value is not null).Select(s => s.Value!.Value)) : null;

    /// <summary>The last failure; null where every round succeeded.</summary>
    public string? Failure() => Samples.LastOrDefault(s => s.Failure is not null)?.Failure;

    /// <summary>Both contestants' figures of the rounds in which both succeeded; null where there is no such round.</summary>
    public (Series These, Series Others)? PairWith(TrialResult other)
    {
        (double, double)[] pairs = [.. Samples.Zip(other.Samples).Where(p => p.First.Value is not null && p.Second.Value is not null)
            .Select(p => (p.First.Value!.Value, p.Second.Value!.Value))];
        return pairs.Length == 0 ? null : (new Series(pairs.Select(p => p.Item1)), new Series(pairs.Select(p => p.Item2)));
    }
}
