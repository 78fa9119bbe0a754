using WasmChord.Bench.Figures;

namespace WasmChord.Bench.Compare;

/// <summary>One place of a series.</summary>
/// <param name="X">Where: per cent of the model, users, or positions.</param>
/// <param name="Samples">One a round.</param>
internal sealed record ScalingPoint(double X, IReadOnlyList<TrialSample> Samples)
{
    /// <summary>Tokens per second of all users together; null where every round failed.</summary>
    public Series? Rate() => Of(s => s.Value);

    /// <summary>Bytes that storage delivered per token; null where every round failed.</summary>
    public Series? BytesPerToken() => Of(s => s.BytesPerToken);

    /// <summary>The last failure; null for none.</summary>
    public string? Failure() => Samples.LastOrDefault(s => s.Failure is not null)?.Failure;

    private Series? Of(Func<TrialSample, double?> value)
    {
        double[] values = [.. Samples.Select(value).OfType<double>()];
        return values.Length == 0 ? null : new Series(values);
    }
}
