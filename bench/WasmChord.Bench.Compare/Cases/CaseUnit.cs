namespace WasmChord.Bench.Compare;

/// <summary>What a case is measured in.</summary>
internal enum CaseUnit
{
    /// <summary>More is better.</summary>
    TokensPerSecond,

    /// <summary>Less is better.</summary>
    Seconds,
}
