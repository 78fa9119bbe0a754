namespace WasmChord.Training.Stories;

/// <summary>
/// Openings of stories that no training text has: each is of a held-out combination, three beats long, so that it has
/// the names, and where the plot gives them early the object and the place, but not yet what happens.
/// </summary>
public static class HeldOutPrompts
{
    private const int Beats = 3;

    /// <summary>The seed of the prompts that figures are reported for.</summary>
    public const ulong DefaultSeed = 20_261;

    /// <summary>The first <paramref name="count"/> stories of held-out combinations that a seed gives.</summary>
    public static IEnumerable<Story> Stories(int count, ulong seed = DefaultSeed)
    {
        StoryGenerator generator = new(StoryGrammar.Default, seed);
        return Enumerable.Range(0, int.MaxValue).Select(_ => generator.Next()).Where(story => HeldOut.Contains(story.Binding)).Take(count);
    }

    /// <summary>Their openings.</summary>
    public static IReadOnlyList<string> Take(int count, ulong seed = DefaultSeed) => [.. Stories(count, seed).Select(story => story.Opening(Beats))];
}
