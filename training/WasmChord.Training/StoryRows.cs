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

    // More names than the stories that a reader would begin have: so that a name is repeated for where it stood.
    private const double InventedNames = 0.25, SecondNames = 0.06;

    private readonly StoryGenerator _generator = new(StoryGrammar.Default, seed, InventedNames, SecondNames);
    private readonly StoryRandom _random = new(seed + 1);
    private readonly List<StoryBatch> _ready = [];

    /// <summary>Stories told so far.</summary>
    public long StoryCount { get; private set; }

    /// <summary>The next batch of <paramref name="rows"/> stories.</summary>
    public StoryBatch Next(int rows)
    {
        if (_ready.Count == 0)
        {
            List<StoryToken[]> stories = [.. Enumerable.Range(0, rows * BatchesTogether).Select(_ => Tokens(NextStory())).OrderBy(story => story.Length)];
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

    private StoryToken[] Tokens(Story story)
    {
        List<StoryToken> tokens = [new(StoryVocabulary.Begin)];
        int position = -1, length = 0, repeat = 0, introduction = 0; // A space, which the text has not, begins the first token.
        foreach (int id in vocabulary.Encode(story.Text))
        {
            length = vocabulary.Pieces[id].Length;
            tokens.Add(new(id, Overlaps(story.Repeats, ref repeat), Overlaps(story.Introductions, ref introduction)));
            position += length;
        }
        tokens.Add(new(StoryVocabulary.End));
        return [.. tokens];

        bool Overlaps(IReadOnlyList<Range> ranges, ref int next)
        {
            while (next < ranges.Count && ranges[next].End.Value <= position) next++;
            return next < ranges.Count && ranges[next].Start.Value < position + length;
        }
    }
}
