namespace WasmChord.Training.Stories;

/// <summary>A story that was told.</summary>
/// <param name="Text">The whole text, one paragraph.</param>
/// <param name="Binding">Who and what it is about.</param>
/// <param name="BeatEnds">Where each beat ends in the text, in characters.</param>
/// <param name="Repeats">
/// Where the text says what it has said before, as ranges of characters in order: names, kinds, things, places, and
/// pronouns whose gender is known by then. Whoever continues the text must take these from it.
/// </param>
/// <param name="Introductions">Where the text names a person for the first time, in order: whoever continues it must not
/// take a name that it has.</param>
public sealed record Story(
    string Text, StoryBinding Binding, IReadOnlyList<int> BeatEnds, IReadOnlyList<Range> Repeats, IReadOnlyList<Range> Introductions)
{
    /// <summary>
    /// The opening that a reader would be given to continue: the first <paramref name="beats"/> beats.
    /// </summary>
    public string Opening(int beats) => Text[..BeatEnds[Math.Min(beats, BeatEnds.Count) - 1]];
}
