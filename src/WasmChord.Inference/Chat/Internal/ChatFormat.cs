namespace WasmChord.Inference;

/// <summary>A well-known way to write conversations.</summary>
/// <param name="Name">Its name, as llama.cpp has it.</param>
/// <param name="Source">It, as a template.</param>
/// <param name="EndOfTurn">What ends an assistant's turn in it; null where that is the end-of-sequence token.</param>
internal sealed record ChatFormat(string Name, string Source, string? EndOfTurn = null);
