namespace WasmChord.Training;

/// <summary>A token of a story that is learned.</summary>
/// <param name="Id">The token.</param>
/// <param name="Repeats">It says what the story has said before.</param>
/// <param name="Introduces">It names a person for the first time.</param>
internal readonly record struct StoryToken(int Id, bool Repeats = false, bool Introduces = false);
