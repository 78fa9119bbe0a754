using WasmChord.Memory64;

namespace WasmChord.Bench.Soak;

/// <summary>What a soak does.</summary>
/// <param name="Model">The model file.</param>
/// <param name="Budget">Memory for the model.</param>
/// <param name="Duration">How long the load lasts.</param>
/// <param name="Phase">How long the number of users stays the same.</param>
/// <param name="MostUsers">Users at once, at most.</param>
/// <param name="Seed">Seed of the users' choices.</param>
internal sealed record SoakPlan(string Model, BudgetSpec Budget, TimeSpan Duration, TimeSpan Phase, int MostUsers, int Seed)
{
    /// <summary>Tokens of a text, at most.</summary>
    public int MostTokens { get; init; } = 48;

    /// <summary>Time between samples of memory.</summary>
    public TimeSpan SampleEvery { get; init; } = TimeSpan.FromSeconds(1);
}
