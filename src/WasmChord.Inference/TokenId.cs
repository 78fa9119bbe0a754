using System.Globalization;

namespace WasmChord.Inference;

/// <summary>A token of a model's vocabulary, by its index.</summary>
/// <param name="Value">The index, from 0.</param>
public readonly record struct TokenId(int Value) : IComparable<TokenId>
{
    /// <summary>The token at an index.</summary>
    public static explicit operator TokenId(int value) => new(value);

    /// <summary>The index of a token.</summary>
    public static explicit operator int(TokenId token) => token.Value;

    /// <inheritdoc/>
    public int CompareTo(TokenId other) => Value.CompareTo(other.Value);

    /// <summary>The index in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
