namespace WasmChord.Memory64;

/// <summary>How a layer cache chooses what leaves.</summary>
public enum EvictionPolicyKind
{
    /// <summary>The least recently used leaves first. Hits never on a cycle longer than the cache.</summary>
    Lru,

    /// <summary>
    /// What is used farthest in the future leaves first: by the declared order, else by the order of the image, taken as
    /// a cycle, seen from the last use.
    /// </summary>
    Scan,

    /// <summary>
    /// The declared order while there is one; otherwise whichever of recency, image order and recency within the layer
    /// has served the recent uses best.
    /// </summary>
    Auto,
}
