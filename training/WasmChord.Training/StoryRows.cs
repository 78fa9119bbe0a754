using WasmChord.Training.Stories;

namespace WasmChord.Training;

/// <summary>
/// An endless text for training: batches of a few stories of like length, one to a row. No story is of a held-out
/// combination.
/// </summary>
internal sealed class StoryRows(StoryVocabulary vocabulary, ulong seed, bool heldOut = false)
{
    /// <summary>So many batches are made at a time, of stories sorted by length, so that little is padding.</summary>
    public const int BatchesTogether = 16;

    private readonly StoryGenerator _generator = new(StoryGrammar.Default, seed);
    private readonly StoryRandom _random = new(seed + 1);
    private readonly List<StoryBatch> _ready = [];

    /// <summary>Stories told so far.</summary>
    public long StoryCount { get; private set; }

    /// <summary>The next batch of <paramref name="rows"/> stories.</summary>
    public StoryBatch Next(int rows)
    {
        if (_ready.Count == 0)
        {
            List<(int Id, bool Repeats)[]> stories = [.. Enumerable.Range(0, rows * BatchesTogether).Select(_ => Tokens(NextStory())).OrderBy(story => story.Length)];
            for (int i = 0; i < BatchesTogether; i++) _ready.Add(new StoryBatch(stories.GetRange(i * rows, rows)));
        }
        int index = _random.Next(_ready.Count);
        StoryBatch batch = _ready[index];
        _ready.RemoveAt(index);
        return batch;
    }

    /// <summary>The next story.</summary>
    public Story NextStory()
    {
        Story story;
        do story = _generator.Next();
        while (HeldOut.Contains(story.Binding) != heldOut);
        StoryCount++;
        return story;
    }

    private (int Id, bool Repeats)[] Tokens(Story story)
    {
        List<(int Id, bool Repeats)> tokens = [(StoryVocabulary.Begin, false)];
        int position = -1, next = 0; // A space, which the text has not, begins the first token.
        foreach (int id in vocabulary.Encode(story.Text))
        {
            int end = position + vocabulary.Pieces[id].Length;
            while (next < story.Repeats.Count && story.Repeats[next].End.Value <= position) next++;
            tokens.Add((id, next < story.Repeats.Count && story.Repeats[next].Start.Value < end));
            position = end;
        }
        tokens.Add((StoryVocabulary.End, false));
        return [.. tokens];
    }
}
