namespace WasmChord.Memory64;

/// <summary>The ways to state a budget.</summary>
public enum BudgetKind
{
    /// <summary>What the machine or its control group can give.</summary>
    Auto,

    /// <summary>A number of bytes.</summary>
    Bytes,

    /// <summary>A number of layers, each as large as the model's largest in the chosen format.</summary>
    Layers,
}
