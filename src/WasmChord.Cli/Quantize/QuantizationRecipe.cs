using WasmChord.Gguf;

namespace WasmChord.Cli;

/// <summary>
/// What <c>quantize</c> can make: one type for most tensors, and the number that <c>general.file_type</c> states. Names,
/// numbers and aliases are those of llama.cpp (<c>enum llama_ftype</c> in <c>llama.h</c>, <c>tools/quantize</c>).
/// </summary>
/// <param name="Name">As users write it.</param>
/// <param name="Type">The type of most tensors.</param>
/// <param name="FileType">The number.</param>
internal sealed record QuantizationRecipe(string Name, GgmlType Type, uint FileType)
{
    private static readonly QuantizationRecipe[] s_all =
    [
        new("F32", GgmlType.F32, 0), new("F16", GgmlType.F16, 1), new("BF16", GgmlType.BF16, 32),
        new("Q4_0", GgmlType.Q4_0, 2), new("Q4_1", GgmlType.Q4_1, 3), new("Q5_0", GgmlType.Q5_0, 8), new("Q5_1", GgmlType.Q5_1, 9),
        new("Q8_0", GgmlType.Q8_0, 7), new("Q2_K", GgmlType.Q2_K, 10), new("Q2_K_S", GgmlType.Q2_K, 21),
        new("Q3_K_S", GgmlType.Q3_K, 11), new("Q3_K_M", GgmlType.Q3_K, 12), new("Q3_K_L", GgmlType.Q3_K, 13),
        new("Q4_K_S", GgmlType.Q4_K, 14), new("Q4_K_M", GgmlType.Q4_K, 15),
        new("Q5_K_S", GgmlType.Q5_K, 16), new("Q5_K_M", GgmlType.Q5_K, 17), new("Q6_K", GgmlType.Q6_K, 18),
    ];

    /// <summary>Every name, aliases apart.</summary>
    public static IEnumerable<string> Names => s_all.Select(r => r.Name);

    /// <summary>Looks a recipe up, in any case.</summary>
    /// <exception cref="ToolException">There is none of this name.</exception>
    public static QuantizationRecipe Parse(string name)
    {
        string full = name.ToUpperInvariant() switch { "Q3_K" => "Q3_K_M", "Q4_K" => "Q4_K_M", "Q5_K" => "Q5_K_M", var other => other };
        return s_all.FirstOrDefault(r => r.Name == full)
            ?? throw ToolException.Usage($"'{name}' is not a type that can be written: choose one of {string.Join(", ", Names)}");
    }
}
