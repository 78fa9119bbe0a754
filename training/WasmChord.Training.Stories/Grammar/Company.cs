namespace WasmChord.Training.Stories;

/// <summary>The names that persons may have, and what they may be. Names beyond these may be made up.</summary>
public sealed class Company
{
    private readonly Dictionary<string, Gender?> _names;
    private readonly Dictionary<string, Gender?> _kinds;

    private Company(Dictionary<string, Gender?> names, Dictionary<string, Gender?> kinds)
    {
        _names = names;
        _kinds = kinds;
        Names = [.. names.Keys];
        Kinds = [.. kinds.Keys];
    }

    /// <summary>All names of the list.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>All kinds: girl, boy, rabbit and so on.</summary>
    public IReadOnlyList<string> Kinds { get; }

    /// <summary>The gender that a name implies; null where both may have it, or it is not in the list.</summary>
    public Gender? OfName(string name) => _names.GetValueOrDefault(name);

    /// <summary>The gender that a kind implies; null for animals, which may be either.</summary>
    public Gender? OfKind(string kind) => _kinds.GetValueOrDefault(kind);

    internal static Company Read(IEnumerable<string> lines)
    {
        Dictionary<string, Gender?> names = [], kinds = [];
        foreach (string line in lines.Where(line => line.Contains(':', StringComparison.Ordinal) && line[0] != '#'))
        {
            string[] parts = line.Split(':', StringSplitOptions.TrimEntries);
            (Dictionary<string, Gender?> list, Gender? gender) = parts[0] switch
            {
                "she" => (names, Gender.She),
                "he" => (names, Gender.He),
                "either" => (names, default(Gender?)),
                "people she" => (kinds, Gender.She),
                "people he" => (kinds, Gender.He),
                "animals" => (kinds, null),
                _ => throw new FormatException($"'{parts[0]}' is no list of persons"),
            };
            foreach (string word in parts[1].Split(' ')) list.Add(word, gender);
        }
        return new(names, kinds);
    }
}
