using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>Whether a model is loaded in full or streamed, and why.</summary>
/// <param name="Mode">The decision.</param>
/// <param name="Why">A sentence with the numbers.</param>
public readonly record struct ResidencyDecision(ResidencyMode Mode, string Why)
{
    /// <summary>Decides by size alone, before a budget is known.</summary>
    /// <param name="tensorBytes">Bytes of all tensors in the file.</param>
    /// <param name="thresholdBytes">The setting <c>resident-threshold</c>.</param>
    public static ResidencyDecision BySize(long tensorBytes, long thresholdBytes) => tensorBytes <= thresholdBytes
        ? new(ResidencyMode.Resident, $"{ByteSize.Format(tensorBytes)} of tensors are at most the threshold of {ByteSize.Format(thresholdBytes)}")
        : new(ResidencyMode.Streaming, $"{ByteSize.Format(tensorBytes)} of tensors exceed the threshold of {ByteSize.Format(thresholdBytes)}");

    /// <summary>Decides by size and budget: a small model that does not fit its budget is streamed too.</summary>
    /// <param name="tensorBytes">Bytes of all tensors in the file.</param>
    /// <param name="thresholdBytes">The setting <c>resident-threshold</c>.</param>
    /// <param name="imageBytes">Bytes of all layers in the chosen format.</param>
    /// <param name="cacheBytes">Bytes of the budget that are left for them.</param>
    public static ResidencyDecision Decide(long tensorBytes, long thresholdBytes, long imageBytes, long cacheBytes)
    {
        ResidencyDecision bySize = BySize(tensorBytes, thresholdBytes);
        return bySize.Mode == ResidencyMode.Resident && imageBytes > cacheBytes
            ? new(ResidencyMode.Streaming, $"its layers take {ByteSize.Format(imageBytes)}, the budget leaves {ByteSize.Format(cacheBytes)} for them")
            : bySize;
    }
}
