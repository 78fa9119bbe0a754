using WasmChord.Bench.Figures;

namespace WasmChord.Bench.Compare;

/// <summary>What one case came to.</summary>
/// <param name="Case">The case.</param>
/// <param name="Trials">One a contestant, ours first.</param>
/// <param name="StorageRates">What storage gave in between, in bytes per second, one a round; empty where it does not matter.</param>
internal sealed record CaseResult(ComparisonCase Case, IReadOnlyList<TrialResult> Trials, IReadOnlyList<double> StorageRates)
{
    /// <summary>A contestant's part; null where it does not take part.</summary>
    public TrialResult? Of(string contestant) => Trials.FirstOrDefault(t => t.Contestant == contestant);

    /// <summary>How many times better ours is than a contestant, of the rounds in which both succeeded; null where there is none.</summary>
    public double? Advantage(string contestant) =>
        Of(Trial.Ours) is { } ours && Of(contestant) is { } theirs && ours.PairWith(theirs) is { } pair ? Case.Advantage(pair.These, pair.Others) : null;

    /// <summary>The median of what storage gave; null where it was not measured.</summary>
    public double? StorageRate() => StorageRates.Count == 0 ? null : new Series(StorageRates).Median;
}
