namespace WasmChord.Inference;

/// <summary>A part of a word that is being merged; the parts form a list that both ends can leave.</summary>
/// <param name="Start">Where its text begins in the word, in bytes.</param>
/// <param name="Length">Bytes of its text; 0 once it was merged into the part before it.</param>
/// <param name="Id">What it is: a token, or another number that the merger gives to a text.</param>
/// <param name="Previous">The part before it, or −1.</param>
/// <param name="Next">The part after it, or −1.</param>
internal record struct Symbol(int Start, int Length, int Id, int Previous, int Next);
