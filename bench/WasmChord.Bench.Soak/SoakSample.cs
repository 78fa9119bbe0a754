namespace WasmChord.Bench.Soak;

/// <summary>The process at one moment.</summary>
/// <param name="Seconds">Since the load began.</param>
/// <param name="Users">Users at work.</param>
/// <param name="PrivateBytes">Proportional share of anonymous and shared pages.</param>
/// <param name="HeapBytes">Managed heap after the last collection.</param>
/// <param name="BudgetBytes">The model's budget then.</param>
internal readonly record struct SoakSample(double Seconds, int Users, long PrivateBytes, long HeapBytes, long BudgetBytes);
