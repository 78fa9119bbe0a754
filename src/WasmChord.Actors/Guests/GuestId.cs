namespace WasmChord.Actors;

/// <summary>A guest; chosen by the requester, unique among all that run.</summary>
/// <param name="Value">The id itself.</param>
public readonly record struct GuestId(Guid Value)
{
    /// <summary>An id that nobody has used.</summary>
    public static GuestId New() => new(Guid.NewGuid());

    /// <summary>The value behind the id.</summary>
    public static explicit operator Guid(GuestId id) => id.Value;

    /// <summary>An id from its value.</summary>
    public static explicit operator GuestId(Guid value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("n");
}
