namespace WasmChord.Actors;

/// <summary>A request for text; chosen by the requester, unique among all that are open.</summary>
/// <param name="Value">The id itself.</param>
public readonly record struct GenerationId(Guid Value)
{
    /// <summary>An id that nobody has used.</summary>
    public static GenerationId New() => new(Guid.NewGuid());

    /// <summary>The value behind the id.</summary>
    public static explicit operator Guid(GenerationId id) => id.Value;

    /// <summary>An id from its value.</summary>
    public static explicit operator GenerationId(Guid value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("n");
}
