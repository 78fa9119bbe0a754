using System.Globalization;

namespace WasmChord.Gguf;

/// <summary>
/// Names a layer of a model: <c>blk.N</c>, or one of the two edges. Ordered as the forward pass visits them: the
/// embedding, the blocks, the head.
/// </summary>
public readonly record struct LayerId : IComparable<LayerId>
{
    private LayerId(int value) => Value = value;

    /// <summary>The edge before the first block: token embeddings and what goes with them.</summary>
    public static LayerId Embedding { get; } = new(-1);

    /// <summary>The edge after the last block: output norm and output matrix.</summary>
    public static LayerId Head { get; } = new(int.MaxValue);

    /// <summary>N of <c>blk.N</c>; −1 for the embedding, <see cref="int.MaxValue"/> for the head.</summary>
    public int Value { get; }

    /// <summary>True for <c>blk.N</c>.</summary>
    public bool IsBlock => Value >= 0 && Value != int.MaxValue;

    /// <summary>The layer of <c>blk.<paramref name="index"/></c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative or <see cref="int.MaxValue"/>.</exception>
    public static LayerId Block(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfEqual(index, int.MaxValue);
        return new LayerId(index);
    }

    /// <summary>Parses <c>embedding</c>, <c>head</c>, <c>blk.N</c> or <c>N</c>.</summary>
    public static bool TryParse(string? text, out LayerId layer)
    {
        layer = text switch { "embedding" => Embedding, "head" => Head, _ => default };
        if (text is "embedding" or "head") return true;
        ReadOnlySpan<char> digits = text.AsSpan();
        if (digits.StartsWith("blk.")) digits = digits[4..];
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int n) || n == int.MaxValue) return false;
        layer = new LayerId(n);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(LayerId other) => Value.CompareTo(other.Value);

    /// <summary><c>embedding</c>, <c>blk.N</c> or <c>head</c>.</summary>
    public override string ToString() => Value switch
    {
        -1 => "embedding",
        int.MaxValue => "head",
        _ => string.Create(CultureInfo.InvariantCulture, $"blk.{Value}"),
    };

    /// <summary>Order of the forward pass.</summary>
    public static bool operator <(LayerId left, LayerId right) => left.Value < right.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >(LayerId left, LayerId right) => left.Value > right.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator <=(LayerId left, LayerId right) => left.Value <= right.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >=(LayerId left, LayerId right) => left.Value >= right.Value;
}
