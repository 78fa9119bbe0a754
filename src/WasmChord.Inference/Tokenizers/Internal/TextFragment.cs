namespace WasmChord.Inference;

/// <summary>A special token of a text, or a part between such.</summary>
/// <param name="Start">Where the part starts, in bytes.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Token">The special token, or −1 for a part.</param>
internal readonly record struct TextFragment(int Start, int Length, int Token);
