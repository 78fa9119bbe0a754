namespace WasmChord.Bench.Compare;

/// <summary>One thing that all contestants do.</summary>
/// <param name="Name">Its row.</param>
/// <param name="Unit">What it is measured in.</param>
/// <param name="Trials">The contestants', ours first.</param>
internal sealed record ComparisonCase(string Name, CaseUnit Unit, IReadOnlyList<Trial> Trials)
{
    /// <summary>Memory that each process may use; null for no limit.</summary>
    public long? LimitBytes { get; init; }

    /// <summary>Memory that ours is told to use for the model; null where it chooses.</summary>
    public long? BudgetBytes { get; init; }

    /// <summary>Sequences that generate at once.</summary>
    public int Users { get; init; } = 1;

    /// <summary>Processes beside it that each keep a processor busy.</summary>
    public int BusyCount { get; init; }

    /// <summary>Whether the file is dropped from the page cache before each process.</summary>
    public bool StartsCold { get; init; }

    /// <summary>The case that is the same but for its limit or its busy neighbours; null for none.</summary>
    public string? Reference { get; init; }

    /// <summary>How many times better <paramref name="ours"/> is: above 1, ours wins.</summary>
    public double Advantage(Figures.Series ours, Figures.Series theirs) => Unit == CaseUnit.TokensPerSecond ? ours.RatioTo(theirs) : theirs.RatioTo(ours);
}
