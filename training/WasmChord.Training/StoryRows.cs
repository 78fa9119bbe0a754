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

    /// <summary>Fills a batch: (rows, length) inputs, and the same moved by one as targets.</summary>
    public void Next(int rows, long[] inputs, long[] targets)
    {
        List<int> row = [];
        for (int r = 0; r < rows; r++)
        {
            row.Clear();
            while (row.Count <= length)
            {
                row.Add(StoryVocabulary.Begin);
                row.AddRange(vocabulary.Encode(NextStory()));
                row.Add(StoryVocabulary.End);
            }
            for (int i = 0; i < length; i++)
            {
                inputs[r * length + i] = row[i];
                targets[r * length + i] = row[i + 1];
            }
        }
    }

    /// <summary>The next story.</summary>
    public string NextStory()
    {
        Story story;
        do story = _generator.Next();
        while (HeldOut.Contains(story.Binding) != heldOut);
        StoryCount++;
        return story.Text;
    }
}
