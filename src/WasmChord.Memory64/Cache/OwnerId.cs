namespace WasmChord.Memory64;

/// <summary>Who holds leases: one requester, or one stream.</summary>
/// <param name="Value">The number itself.</param>
public readonly record struct OwnerId(long Value)
{
    /// <summary>The number behind the id.</summary>
    public static explicit operator long(OwnerId id) => id.Value;

    /// <summary>An id from its number.</summary>
    public static explicit operator OwnerId(long value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
