using System.Globalization;

namespace WasmChord.Memory64;

/// <summary>A memory budget as it is set: <c>auto</c>, a size such as <c>512MiB</c>, or layers such as <c>4layers</c>.</summary>
/// <param name="Kind">How it is stated.</param>
/// <param name="Value">Bytes or layers; 0 for <see cref="BudgetKind.Auto"/>.</param>
public readonly record struct BudgetSpec(BudgetKind Kind, long Value)
{
    /// <summary>What the machine or its control group can give.</summary>
    public static BudgetSpec Auto => default;

    /// <summary>A number of bytes.</summary>
    public static BudgetSpec Bytes(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        return new BudgetSpec(BudgetKind.Bytes, bytes);
    }

    /// <summary>A number of layers.</summary>
    public static BudgetSpec Layers(long layers)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(layers);
        return new BudgetSpec(BudgetKind.Layers, layers);
    }

    /// <summary>Reads a budget.</summary>
    /// <exception cref="FormatException">Says what would have been understood.</exception>
    public static BudgetSpec Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out BudgetSpec spec)
            ? spec
            : throw new FormatException($"'{text}' is not a budget: write auto, a size such as 512MiB or 2GB, or a number of layers such as 4layers; zero is none");
    }

    /// <summary>Reads a budget; false for what is none.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out BudgetSpec spec)
    {
        spec = default;
        text = text.Trim();
        if (text.Equals("auto", StringComparison.OrdinalIgnoreCase)) return true;
        ReadOnlySpan<char> count = text.EndsWith("layers", StringComparison.OrdinalIgnoreCase) ? text[..^6]
            : text.EndsWith("layer", StringComparison.OrdinalIgnoreCase) ? text[..^5]
            : default;
        if (count.Length > 0)
        {
            if (!int.TryParse(count.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int layers) || layers == 0) return false;
            spec = new BudgetSpec(BudgetKind.Layers, layers);
            return true;
        }
        if (!ByteSize.TryParse(text, out long bytes) || bytes == 0) return false;
        spec = new BudgetSpec(BudgetKind.Bytes, bytes);
        return true;
    }

    /// <summary>The budget in bytes.</summary>
    /// <param name="largestLayerBytes">Size of the model's largest layer in the chosen format.</param>
    /// <param name="availableBytes">What the machine can give, for <see cref="BudgetKind.Auto"/>; see <see cref="MemoryProbe"/>.</param>
    /// <returns>Bytes; <see cref="long.MaxValue"/> where the layers asked for exceed it.</returns>
    public long Resolve(long largestLayerBytes, long availableBytes) => Kind switch
    {
        BudgetKind.Auto => availableBytes,
        BudgetKind.Bytes => Value,
        _ => largestLayerBytes > 0 && Value > long.MaxValue / largestLayerBytes ? long.MaxValue : Value * largestLayerBytes,
    };

    /// <summary>The text that <see cref="Parse"/> reads back.</summary>
    public override string ToString() => Kind switch
    {
        BudgetKind.Auto => "auto",
        BudgetKind.Bytes => string.Create(CultureInfo.InvariantCulture, $"{Value}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Value}layer{(Value == 1 ? "" : "s")}"),
    };
}
