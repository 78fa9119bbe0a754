namespace WasmChord.Memory64;

/// <summary>A lease of one cache; never used twice within a generation.</summary>
/// <param name="Value">The number itself.</param>
public readonly record struct LeaseId(long Value)
{
    /// <summary>The number behind the id.</summary>
    public static explicit operator long(LeaseId id) => id.Value;

    /// <summary>An id from its number.</summary>
    public static explicit operator LeaseId(long value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
