using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace WasmChord.Gguf;

/// <summary>
/// Size and kind of one element type: the only table of block and byte sizes in the project. Source of the sizes: the
/// block structures and their static assertions in ggml's <c>ggml-common.h</c>.
/// </summary>
/// <param name="Type">The type.</param>
/// <param name="Name">ggml's name for it, as users write it (<c>Q4_K</c>).</param>
/// <param name="BlockSize">Values per block; 1 for plain types. A row (<c>ne[0]</c>) is a whole number of blocks.</param>
/// <param name="TypeSize">Bytes per block.</param>
/// <param name="IsQuantized">True for block formats that store scaled integers or codes.</param>
public readonly record struct GgmlTypeTraits(GgmlType Type, string Name, int BlockSize, int TypeSize, bool IsQuantized)
{
    private static readonly GgmlTypeTraits[] s_all =
    [
        Plain(GgmlType.F32, 4), Plain(GgmlType.F16, 2), Plain(GgmlType.BF16, 2), Plain(GgmlType.F64, 8),
        Plain(GgmlType.I8, 1), Plain(GgmlType.I16, 2), Plain(GgmlType.I32, 4), Plain(GgmlType.I64, 8),
        Block(GgmlType.Q4_0, 32, 18), Block(GgmlType.Q4_1, 32, 20), Block(GgmlType.Q5_0, 32, 22),
        Block(GgmlType.Q5_1, 32, 24), Block(GgmlType.Q8_0, 32, 34), Block(GgmlType.Q8_1, 32, 36),
        Block(GgmlType.Q2_K, 256, 84), Block(GgmlType.Q3_K, 256, 110), Block(GgmlType.Q4_K, 256, 144),
        Block(GgmlType.Q5_K, 256, 176), Block(GgmlType.Q6_K, 256, 210), Block(GgmlType.Q8_K, 256, 292),
        Block(GgmlType.IQ2_XXS, 256, 66), Block(GgmlType.IQ2_XS, 256, 74), Block(GgmlType.IQ2_S, 256, 82),
        Block(GgmlType.IQ3_XXS, 256, 98), Block(GgmlType.IQ3_S, 256, 110), Block(GgmlType.IQ1_S, 256, 50),
        Block(GgmlType.IQ1_M, 256, 56), Block(GgmlType.IQ4_NL, 32, 18), Block(GgmlType.IQ4_XS, 256, 136),
        Block(GgmlType.TQ1_0, 256, 54), Block(GgmlType.TQ2_0, 256, 66), Block(GgmlType.MXFP4, 32, 17),
        Block(GgmlType.NVFP4, 64, 36), Block(GgmlType.Q1_0, 128, 18), Block(GgmlType.Q2_0, 64, 18),
    ];

    private static readonly FrozenDictionary<GgmlType, GgmlTypeTraits> s_byType = s_all.ToFrozenDictionary(t => t.Type);

    private static readonly FrozenDictionary<string, GgmlTypeTraits> s_byName =
        s_all.ToFrozenDictionary(t => t.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Every known type.</summary>
    public static IReadOnlyList<GgmlTypeTraits> All => s_all;

    /// <summary>The traits of <paramref name="type"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is not one that ggml defines.</exception>
    public static GgmlTypeTraits For(GgmlType type) => s_byType.TryGetValue(type, out GgmlTypeTraits traits)
        ? traits
        : throw new ArgumentOutOfRangeException(nameof(type), type, $"{(int)type} is not a ggml type");

    /// <summary>Looks a type up by its number; false for withdrawn and unknown numbers.</summary>
    public static bool TryFor(GgmlType type, out GgmlTypeTraits traits) => s_byType.TryGetValue(type, out traits);

    /// <summary>Looks a type up by name, in any case (<c>q4_k</c>).</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out GgmlTypeTraits traits)
    {
        traits = default;
        return name is not null && s_byName.TryGetValue(name, out traits);
    }

    /// <summary>Bytes that <paramref name="valueCount"/> values take.</summary>
    /// <exception cref="ArgumentException">The count is negative or not a whole number of blocks.</exception>
    /// <exception cref="OverflowException">The product exceeds <see cref="long"/>.</exception>
    public long BytesFor(long valueCount)
    {
        if (valueCount < 0 || valueCount % BlockSize != 0)
            throw new ArgumentException($"{valueCount} values are not whole {Name} blocks of {BlockSize}", nameof(valueCount));
        return checked(valueCount / BlockSize * TypeSize);
    }

    private static GgmlTypeTraits Plain(GgmlType type, int bytes) => new(type, type.ToString(), 1, bytes, false);

    private static GgmlTypeTraits Block(GgmlType type, int values, int bytes) => new(type, type.ToString(), values, bytes, true);
}
