using WasmChord.Training.Stories.Internal;

namespace WasmChord.Training.Stories;

/// <summary>One step of a plot, with the wordings that it may take; each is a list of sentences.</summary>
public sealed class Beat
{
    internal Beat(string name, IReadOnlyList<IReadOnlyList<IReadOnlyList<Wording>>> wordings)
    {
        Name = name;
        Wordings = wordings;
    }

    /// <summary>The beat's name in the grammar.</summary>
    public string Name { get; }

    /// <summary>Number of wordings, before the choices within them.</summary>
    public int WordingCount => Wordings.Count;

    internal IReadOnlyList<IReadOnlyList<IReadOnlyList<Wording>>> Wordings { get; } // (wording, sentence, piece)
}
