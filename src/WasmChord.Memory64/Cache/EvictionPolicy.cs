namespace WasmChord.Memory64;

/// <summary>Makes eviction policies.</summary>
public static class EvictionPolicy
{
    /// <summary>A new policy for one cache over <paramref name="table"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such policy.</exception>
    public static IEvictionPolicy Create(EvictionPolicyKind kind, SegmentTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return kind switch
        {
            EvictionPolicyKind.Lru => new LruPolicy(table),
            EvictionPolicyKind.Scan => new ScanPolicy(table),
            EvictionPolicyKind.Auto => new AutoPolicy(table),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such eviction policy"),
        };
    }
}
