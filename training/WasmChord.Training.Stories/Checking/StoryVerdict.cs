namespace WasmChord.Training.Stories;

/// <summary>What the checker found.</summary>
/// <param name="Broken">The rule that is broken; <see cref="StoryRule.None"/> where the story is accepted.</param>
/// <param name="Plot">The plot, where the story is accepted.</param>
/// <param name="Position">How far the text could be followed, in characters.</param>
/// <param name="Message">For people: what is wrong, and the text around it.</param>
public sealed record StoryVerdict(StoryRule Broken, Plot? Plot, int Position, string Message)
{
    /// <summary>True where every rule is kept.</summary>
    public bool IsAccepted => Broken == StoryRule.None;
}
