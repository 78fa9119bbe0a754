namespace WasmChord.Actors;

/// <summary>What one sequence would have computed in the next wave.</summary>
/// <param name="Ready">Positions that are known: the rest of the prompt, or the last token; at least 1.</param>
/// <param name="Drafts">Drafted positions that it could add when the known ones are through.</param>
/// <param name="IsGenerating">Whether its prompt is through.</param>
/// <param name="WantsAllLogits">Whether logits are wanted for every position, not only the last.</param>
/// <param name="Priority">Higher goes first.</param>
internal readonly record struct WaveWish(int Ready, int Drafts, bool IsGenerating, bool WantsAllLogits, int Priority);
