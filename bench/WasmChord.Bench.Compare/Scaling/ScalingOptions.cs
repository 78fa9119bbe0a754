namespace WasmChord.Bench.Compare;

/// <summary>What grows, and how far.</summary>
internal sealed record ScalingOptions
{
    public required string Model { get; init; }

    public required ProcessCommand Tool { get; init; }

    public IReadOnlyList<string> ToolArguments { get; init; } = [];

    public int Threads { get; init; } = 2;

    public int Rounds { get; init; } = 1;

    public int Repeats { get; init; } = 1;

    public int NewTokens { get; init; } = 8;

    /// <summary>Budgets in per cent of the model.</summary>
    public IReadOnlyList<int> BudgetPercents { get; init; } = [];

    public IReadOnlyList<int> Users { get; init; } = [];

    /// <summary>Lengths of context, in positions, the new tokens included.</summary>
    public IReadOnlyList<int> Contexts { get; init; } = [];

    /// <summary>The budget, in per cent of the model, at which users and contexts are measured beside the model in memory; 0 for none.</summary>
    public int StreamedPercent { get; init; }

    /// <summary>Positions of each user's context.</summary>
    public int UserContext { get; init; } = 128;
}
