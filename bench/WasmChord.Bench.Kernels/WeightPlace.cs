namespace WasmChord.Bench.Kernels;

/// <summary>Where the weights of a product come from.</summary>
public enum WeightPlace
{
    /// <summary>64 rows of 4,096 columns: they stay in the second cache.</summary>
    Cache,

    /// <summary>64 MiB: they stay in no cache.</summary>
    Memory,
}
