namespace WasmChord.Memory64;

/// <summary>What the shell of a layer cache has to do.</summary>
public enum CacheEffectKind
{
    /// <summary>Answer the request with its lease.</summary>
    Granted,

    /// <summary>Answer the request with a refusal.</summary>
    Refused,

    /// <summary>A segment left: take its frames, which nothing uses any more, back or hand them to what arrives next.</summary>
    FramesFreed,
}
