namespace WasmChord.Training.Stories;

/// <summary>The vocabulary of the demo model, learned from the project's own stories.</summary>
public static class DemoVocabulary
{
    /// <summary>Stories that it is learned from.</summary>
    public const int StoryCount = 6000;

    /// <summary>Tokens.</summary>
    public const int Size = 1536;

    /// <summary>The vocabulary that a seed gives, in a few seconds. Held-out combinations have no part in it.</summary>
    public static StoryVocabulary Learn(ulong seed)
    {
        // The seeds of a run's parts are apart from each other, whatever the seed of the run.
        StoryGenerator generator = new(StoryGrammar.Default, seed * 1000 + 1);
        IEnumerable<string> stories = Enumerable.Range(0, int.MaxValue).Select(_ => generator.Next())
            .Where(story => !HeldOut.Contains(story.Binding)).Take(StoryCount).Select(story => story.Text);
        return VocabularyTrainer.Train(stories, Size);
    }
}
