using System.Diagnostics.CodeAnalysis;
using WasmChord.Gguf;

namespace WasmChord.Bench.Models;

/// <summary>
/// Which type each tensor gets. The named mixes are those of <c>llama-quantize</c> without an importance matrix, for
/// the <c>llama</c> architecture; source of the rules and of the file types' numbers: llama.cpp's
/// <c>llama-quant.cpp</c> and <c>llama.h</c>. A block type without a mix of its name is used for every matrix, as
/// <c>--pure</c> does.
/// </summary>
public sealed class TypeMix
{
    private static readonly TypeMix[] s_named =
    [
        new("F32", GgmlType.F32, 0), new("F16", GgmlType.F16, 1), new("BF16", GgmlType.BF16, 32),
        new("Q4_0", GgmlType.Q4_0, 2), new("Q4_1", GgmlType.Q4_1, 3), new("Q5_0", GgmlType.Q5_0, 8),
        new("Q5_1", GgmlType.Q5_1, 9), new("Q8_0", GgmlType.Q8_0, 7),
        new("Q2_K", GgmlType.Q2_K, 10), new("Q3_K_S", GgmlType.Q3_K, 11), new("Q3_K_M", GgmlType.Q3_K, 12),
        new("Q4_K_S", GgmlType.Q4_K, 14), new("Q4_K_M", GgmlType.Q4_K, 15), new("Q5_K_S", GgmlType.Q5_K, 16),
        new("Q5_K_M", GgmlType.Q5_K, 17), new("Q6_K", GgmlType.Q6_K, 18),
    ];

    // llama.cpp tells the 70B model by its number of layers.
    private const int LayersOf70B = 80;

    private TypeMix(string name, GgmlType baseType, int? fileType, bool isPure = false)
    {
        Name = name;
        BaseType = baseType;
        FileType = fileType;
        IsPure = isPure;
    }

    /// <summary>The mix that most Llama 2 files have: Q4_K, with Q6_K for the output and half of two kinds of matrices.</summary>
    public static TypeMix Q4_K_M { get; } = Parse("Q4_K_M");

    /// <summary>Names of the mixes; any block type's name is understood too.</summary>
    public static IEnumerable<string> Names => s_named.Select(mix => mix.Name);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The type of most matrices.</summary>
    public GgmlType BaseType { get; }

    /// <summary>The number that <c>general.file_type</c> has for it; null where there is none.</summary>
    public int? FileType { get; }

    /// <summary>True where every matrix has the base type.</summary>
    public bool IsPure { get; }

    /// <summary>The mix of a name, in any case.</summary>
    /// <exception cref="ArgumentException">Neither a mix nor a type that model files hold.</exception>
    public static TypeMix Parse(string name) => TryParse(name, out TypeMix? mix)
        ? mix
        : throw new ArgumentException($"'{name}' is neither a mix ({string.Join(", ", Names)}) nor a type of weights", nameof(name));

    /// <summary>Every matrix in one type.</summary>
    /// <exception cref="ArgumentException">Weights never have this type.</exception>
    public static TypeMix Pure(GgmlType type) => WeightFiller.CanFill(type)
        ? new TypeMix(GgmlTypeTraits.For(type).Name, type, null, isPure: true)
        : throw new ArgumentException($"weights never have the type {type}", nameof(type));

    /// <summary>Looks a mix up by name, in any case.</summary>
    public static bool TryParse(string name, [NotNullWhen(true)] out TypeMix? mix)
    {
        mix = s_named.FirstOrDefault(m => m.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (mix is null && GgmlTypeTraits.TryParse(name, out GgmlTypeTraits traits) && WeightFiller.CanFill(traits.Type))
            mix = Pure(traits.Type);
        return mix is not null;
    }

    /// <summary>The type of one tensor.</summary>
    /// <param name="role">What it does.</param>
    /// <param name="layer">Its block; ignored outside blocks.</param>
    /// <param name="rowLength"><c>ne[0]</c>: a type whose blocks do not divide it gives way to a smaller one.</param>
    /// <param name="shape">The model.</param>
    public GgmlType TypeFor(TensorRole role, int layer, int rowLength, ModelShape shape)
    {
        if (role is TensorRole.Norm or TensorRole.ExpertRouter) return GgmlType.F32;
        GgmlType type = IsPure || !GgmlTypeTraits.For(BaseType).IsQuantized ? BaseType : Mixed(role, layer, rowLength, shape);
        return Fitting(type, rowLength);
    }

    private GgmlType Mixed(TensorRole role, int layer, int rowLength, ModelShape shape)
    {
        int layers = shape.LayerCount;
        bool eightExperts = shape.ExpertCount == 8;
        switch (role)
        {
            case TensorRole.Output:
                return BaseType == GgmlType.Q8_0 || rowLength % GgmlTypeTraits.For(BaseType).BlockSize != 0 ? GgmlType.Q8_0 : GgmlType.Q6_K;
            case TensorRole.AttentionValue:
                if (eightExperts) return GgmlType.Q8_0;
                GgmlType value = AttentionValue(layer, shape);
                return layers == LayersOf70B && value is (GgmlType.Q3_K or GgmlType.Q4_K) ? GgmlType.Q5_K : value;
            case TensorRole.AttentionKey:
                return eightExperts ? GgmlType.Q8_0 : BaseType;
            case TensorRole.AttentionOutput:
                return AttentionOutput(eightExperts);
            case TensorRole.FeedForwardDown:
                return FeedForwardDown(layer, layers);
            default:
                return BaseType;
        }
    }

    private GgmlType AttentionValue(int layer, ModelShape shape) => Name switch
    {
        "Q2_K" => shape.HeadsPerKvHead >= 4 ? GgmlType.Q4_K : GgmlType.Q3_K,
        "Q3_K_M" => layer < 2 ? GgmlType.Q5_K : GgmlType.Q4_K,
        "Q4_K_S" when layer < 4 => GgmlType.Q5_K,
        "Q4_K_M" or "Q5_K_M" when UsesMoreBits(layer, shape.LayerCount) => GgmlType.Q6_K,
        _ => BaseType,
    };

    private GgmlType AttentionOutput(bool eightExperts) => Name switch
    {
        "Q2_K" or "Q3_K_S" or "Q3_K_M" or "Q4_K_S" or "Q4_K_M" when eightExperts => GgmlType.Q5_K,
        "Q2_K" => GgmlType.Q3_K,
        "Q3_K_M" => GgmlType.Q4_K,
        _ => BaseType,
    };

    private GgmlType FeedForwardDown(int layer, int layers) => Name switch
    {
        "Q2_K" => GgmlType.Q3_K,
        "Q3_K_M" => layer < layers / 16 ? GgmlType.Q5_K : GgmlType.Q4_K,
        "Q4_K_S" when layer < layers / 8 => GgmlType.Q5_K,
        "Q4_K_M" or "Q5_K_M" when UsesMoreBits(layer, layers) => GgmlType.Q6_K,
        _ => BaseType,
    };

    /// <summary>The first and the last eighth of the blocks, and every third between: half of 32.</summary>
    private static bool UsesMoreBits(int layer, int layers) =>
        layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;

    private static GgmlType Fitting(GgmlType type, int rowLength)
    {
        if (Divides(type, rowLength)) return type;
        GgmlType smaller = type switch
        {
            GgmlType.Q4_K => GgmlType.Q5_0,
            GgmlType.Q5_K => GgmlType.Q5_1,
            GgmlType.Q6_K => GgmlType.Q8_0,
            GgmlType.Q2_K or GgmlType.Q3_K or GgmlType.TQ1_0 or GgmlType.TQ2_0 or GgmlType.Q2_0 => GgmlType.Q4_0,
            _ => GgmlType.IQ4_NL,
        };
        return Divides(smaller, rowLength) ? smaller : GgmlType.F16;
    }

    private static bool Divides(GgmlType type, int rowLength) => rowLength % GgmlTypeTraits.For(type).BlockSize == 0;
}
