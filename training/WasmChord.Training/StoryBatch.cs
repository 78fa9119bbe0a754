using WasmChord.Training.Stories;

namespace WasmChord.Training;

/// <summary>Stories as tokens, one to a row; shorter ones are filled up at their end with what is not learned.</summary>
internal sealed class StoryBatch
{
    public StoryBatch(IReadOnlyList<StoryToken[]> stories)
    {
        Rows = stories.Count;
        Length = stories.Max(story => story.Length) - 1;
        Inputs = new long[Rows * Length];
        Targets = new long[Inputs.Length];
        IsText = new bool[Inputs.Length];
        Repeats = new bool[Inputs.Length];
        Introduces = new bool[Inputs.Length];
        Array.Fill(Inputs, StoryVocabulary.End);
        for (int row = 0; row < Rows; row++)
        {
            for (int i = 0; i + 1 < stories[row].Length; i++)
            {
                int at = row * Length + i;
                Inputs[at] = stories[row][i].Id;
                StoryToken target = stories[row][i + 1];
                Targets[at] = target.Id;
                Repeats[at] = target.Repeats;
                Introduces[at] = target.Introduces;
                IsText[at] = true;
            }
        }
    }

    /// <summary>Stories.</summary>
    public int Rows { get; }

    /// <summary>Tokens of a row.</summary>
    public int Length { get; }

    /// <summary>Tokens. (rows, length)</summary>
    public long[] Inputs { get; }

    /// <summary>The token that follows each. (rows, length)</summary>
    public long[] Targets { get; }

    /// <summary>Which targets are of a story and not of what fills its row up. (rows, length)</summary>
    public bool[] IsText { get; }

    /// <summary>Which targets repeat what their story has said before. (rows, length)</summary>
    public bool[] Repeats { get; }

    /// <summary>Which targets name a person for the first time. (rows, length)</summary>
    public bool[] Introduces { get; }
}
