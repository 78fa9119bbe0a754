namespace WasmChord.Training.Stories;

/// <summary>The shape of a story: which beats follow one another, and what its variables stand for.</summary>
public sealed class Plot
{
    internal Plot(string name, IReadOnlyDictionary<char, WordSet> variables, IReadOnlyList<(Beat Beat, bool Optional)> steps)
    {
        Name = name;
        Variables = variables;
        Steps = steps;
    }

    /// <summary>The plot's name in the grammar.</summary>
    public string Name { get; }

    /// <summary>The sets that the variables other than the persons A and B take their values from.</summary>
    public IReadOnlyDictionary<char, WordSet> Variables { get; }

    /// <summary>The beats in order, and whether each may be left out.</summary>
    public IReadOnlyList<(Beat Beat, bool Optional)> Steps { get; }
}
