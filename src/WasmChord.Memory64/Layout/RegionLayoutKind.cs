namespace WasmChord.Memory64;

/// <summary>How an image is divided into regions, each a 64-bit linear memory of its own.</summary>
public enum RegionLayoutKind
{
    /// <summary>One region holds every layer.</summary>
    Single,

    /// <summary>The embedding, ranges of blocks, and the head lie in regions of their own.</summary>
    Multi,
}
