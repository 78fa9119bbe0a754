using System.Diagnostics.CodeAnalysis;

namespace WasmChord.Bench.Models;

/// <summary>
/// Shapes by name. The dimensions are those that the models' published configurations state (Llama 2 of 7, 13 and 70
/// billion parameters, TinyLlama of 1.1); the weights never are.
/// </summary>
public static class ModelShapes
{
    /// <summary>A few megabytes, four blocks: small enough to lie beside the source.</summary>
    public static ModelShape Demo { get; } = new("demo", 256, 4, 8, 4, 768, 512, 512);

    /// <summary>The smallest that K-quants fit: two blocks of one super-block per row.</summary>
    public static ModelShape Tiny { get; } = new("tiny", 256, 2, 8, 4, 512, 384, 256);

    /// <summary>Two blocks of eight experts, two of which each position visits.</summary>
    public static ModelShape MixtralTiny { get; } = new("mixtral-tiny", 256, 2, 8, 2, 512, 384, 256, ExpertCount: 8, ExpertUsedCount: 2);

    /// <summary>TinyLlama, 1.1 billion parameters.</summary>
    public static ModelShape Llama1B { get; } = new("llama-1b", 2048, 22, 32, 4, 5632, 32000, 2048);

    /// <summary>Llama 2, 6.7 billion parameters.</summary>
    public static ModelShape Llama2_7B { get; } = new("llama-2-7b", 4096, 32, 32, 32, 11008, 32000, 4096);

    /// <summary>Llama 2, 13 billion parameters.</summary>
    public static ModelShape Llama2_13B { get; } = new("llama-2-13b", 5120, 40, 40, 40, 13824, 32000, 4096);

    /// <summary>Llama 2, 69 billion parameters, eight query heads per key head.</summary>
    public static ModelShape Llama2_70B { get; } = new("llama-2-70b", 8192, 80, 64, 8, 28672, 32000, 4096);

    /// <summary>All of them, smallest first.</summary>
    public static IReadOnlyList<ModelShape> All { get; } = [Tiny, Demo, MixtralTiny, Llama1B, Llama2_7B, Llama2_13B, Llama2_70B];

    /// <summary>Looks a shape up by its name.</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out ModelShape? shape)
    {
        shape = All.FirstOrDefault(s => s.Name == name);
        return shape is not null;
    }
}
