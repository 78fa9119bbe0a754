namespace WasmChord.Memory64;

/// <summary>A segment of one image: its index in the segment table.</summary>
/// <param name="Value">The number itself.</param>
public readonly record struct SegmentId(int Value)
{
    /// <summary>The number behind the id.</summary>
    public static explicit operator int(SegmentId id) => id.Value;

    /// <summary>An id from its number.</summary>
    public static explicit operator SegmentId(int value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
