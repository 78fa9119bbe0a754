using WasmChord.Training.Stories;

namespace WasmChord.Training;

/// <summary>What a model file does in the project's own runtime, on combinations that were kept out of training.</summary>
internal static class Evaluation
{
    private const int Words = 8, MeasuredStories = 200;

    /// <summary>Prints the figures of a model.</summary>
    /// <param name="path">The model file.</param>
    /// <param name="count">Prompts.</param>
    /// <param name="temperature">0 for the most likely token each time.</param>
    /// <param name="seed">Where chance begins.</param>
    /// <param name="trainingSeed">The seed that the model was trained from.</param>
    /// <param name="trainingStories">How many stories it saw, to compare with.</param>
    /// <param name="output">Where to.</param>
    public static async Task RunAsync(
        string path, int count, float temperature, ulong seed, ulong trainingSeed, int trainingStories, TextWriter output)
    {
        using StoryTeller teller = await StoryTeller.OpenAsync(path);
        IReadOnlyList<string> prompts = HeldOutPrompts.Take(count);
        IReadOnlyList<string> texts = teller.Continue(prompts, temperature, seed);
        StoryVerdict[] verdicts = [.. texts.Select(new StoryChecker(StoryGrammar.Default).Check)];
        for (int i = 0; i < count; i++)
        {
            if (!verdicts[i].IsAccepted) output.WriteLine($"prompt {i}: {verdicts[i].Message}");
        }
        output.WriteLine($"{path}, temperature {temperature}: {verdicts.Count(verdict => verdict.IsAccepted)} of {count} accepted");
        foreach (IGrouping<StoryRule, StoryVerdict> group in verdicts.Where(verdict => !verdict.IsAccepted).GroupBy(verdict => verdict.Broken))
            output.WriteLine($"  {group.Key}: {group.Count()}");
        Perplexity(teller, output);
        if (trainingStories > 0) Overlap(prompts, texts, TrainingRun.TextSeed(trainingSeed), trainingStories, output);
    }

    private static void Perplexity(StoryTeller teller, TextWriter output)
    {
        double sum = 0;
        long tokens = 0;
        foreach (Story story in HeldOutPrompts.Stories(MeasuredStories, HeldOutPrompts.DefaultSeed + 1))
        {
            (double loss, int length) = teller.Measure(story.Text);
            sum += loss;
            tokens += length;
        }
        output.WriteLine($"  perplexity on {MeasuredStories} held-out stories, {tokens} tokens: {Math.Exp(sum / tokens):F4} (loss {sum / tokens:F4})");
    }

    private static void Overlap(IReadOnlyList<string> prompts, IReadOnlyList<string> texts, ulong textSeed, int trainingStories, TextWriter output)
    {
        TextOverlap overlap = new(Words);
        HashSet<string> told = [];
        HashSet<string> openings = [];
        StoryRows rows = new(null!, textSeed);
        for (int i = 0; i < trainingStories; i++)
        {
            string story = rows.NextStory().Text;
            overlap.Add(story);
            told.Add(story);
            openings.UnionWith(prompts.Where(prompt => story.StartsWith(prompt, StringComparison.Ordinal)));
        }
        (int seen, int all) = (0, 0);
        for (int i = 0; i < texts.Count; i++)
        {
            (int s, int a) = overlap.Measure(texts[i], prompts[i].Length);
            seen += s;
            all += a;
        }
        output.WriteLine(
            $"  of {trainingStories} training stories: {100.0 * seen / all:F1} % of the generated {Words}-word sequences seen, "
            + $"{texts.Count(told.Contains)} stories the same, {openings.Count} prompts the beginning of one");
    }
}
