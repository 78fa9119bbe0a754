namespace WasmChord.Training.Stories;

/// <summary>A story that was told.</summary>
/// <param name="Text">The whole text, one paragraph.</param>
/// <param name="Binding">Who and what it is about.</param>
/// <param name="BeatEnds">Where each beat ends in the text, in characters.</param>
public sealed record Story(string Text, StoryBinding Binding, IReadOnlyList<int> BeatEnds)
{
    /// <summary>
    /// The opening that a reader would be given to continue: the first <paramref name="beats"/> beats.
    /// </summary>
    public string Opening(int beats) => Text[..BeatEnds[Math.Min(beats, BeatEnds.Count) - 1]];
}
