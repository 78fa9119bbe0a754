namespace WasmChord.Memory64;

/// <summary>A function's type.</summary>
/// <param name="Parameters">Types of the parameters, in order.</param>
/// <param name="Results">Types of the results, in order.</param>
public sealed record GuestFunctionType(
    IReadOnlyList<GuestValueType> Parameters,
    IReadOnlyList<GuestValueType> Results)
{
    /// <summary>True where both have the same parameters and results.</summary>
    public bool Equals(GuestFunctionType? other) =>
        other is not null && Parameters.SequenceEqual(other.Parameters) && Results.SequenceEqual(other.Results);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (GuestValueType type in Parameters) hash.Add(type);
        hash.Add(-1);
        foreach (GuestValueType type in Results) hash.Add(type);
        return hash.ToHashCode();
    }

    /// <summary>The type as in <c>(i32, i64) -> i32</c>.</summary>
    public override string ToString() => $"({Join(Parameters)}) -> {(Results.Count == 1 ? Join(Results) : $"({Join(Results)})")}";

    private static string Join(IReadOnlyList<GuestValueType> types) =>
        string.Join(", ", types.Select(static type => type.ToString().ToLowerInvariant()));
}
