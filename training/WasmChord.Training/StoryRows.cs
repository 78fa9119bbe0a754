using WasmChord.Training.Stories;

namespace WasmChord.Training;

/// <summary>
/// An endless text for training: rows of tokens, each beginning with a story and filled with further ones. No story is
/// of a held-out combination.
/// </summary>
internal sealed class StoryRows(StoryVocabulary vocabulary, ulong seed, int length, bool heldOut = false)
{
    private readonly StoryGenerator _generator = new(StoryGrammar.Default, seed);

    /// <summary>Stories told so far.</summary>
    public long StoryCount { get; private set; }

    /// <summary>
    /// Fills a batch: (rows, length) inputs, the same moved by one as targets, and which targets repeat what their
    /// story has said before.
    /// </summary>
    public void Next(int rows, long[] inputs, long[] targets, bool[] repeats)
    {
        List<(int Id, bool Repeats)> row = [];
        for (int r = 0; r < rows; r++)
        {
            row.Clear();
            while (row.Count <= length)
            {
                row.Add((StoryVocabulary.Begin, false));
                AddTo(row, Next());
                row.Add((StoryVocabulary.End, false));
            }
            for (int i = 0; i < length; i++)
            {
                inputs[r * length + i] = row[i].Id;
                (targets[r * length + i], repeats[r * length + i]) = row[i + 1];
            }
        }
    }

    /// <summary>The next story.</summary>
    public Story Next()
    {
        Story story;
        do story = _generator.Next();
        while (HeldOut.Contains(story.Binding) != heldOut);
        StoryCount++;
        return story;
    }

    private void AddTo(List<(int Id, bool Repeats)> row, Story story)
    {
        int position = -1, next = 0; // A space, which the text has not, begins the first token.
        foreach (int id in vocabulary.Encode(story.Text))
        {
            int end = position + vocabulary.Pieces[id].Length;
            while (next < story.Repeats.Count && story.Repeats[next].End.Value <= position) next++;
            row.Add((id, next < story.Repeats.Count && story.Repeats[next].Start.Value < end));
            position = end;
        }
    }
}
