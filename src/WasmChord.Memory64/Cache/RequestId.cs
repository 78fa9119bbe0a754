namespace WasmChord.Memory64;

/// <summary>A request for segments; chosen by the caller, unique among the requests that are open.</summary>
/// <param name="Value">The number itself.</param>
public readonly record struct RequestId(long Value)
{
    /// <summary>The number behind the id.</summary>
    public static explicit operator long(RequestId id) => id.Value;

    /// <summary>An id from its number.</summary>
    public static explicit operator RequestId(long value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
