namespace WasmChord.Training.Stories;

/// <summary>
/// Makes up names from syllables, so that a model learns to repeat a name that it has never seen.
/// </summary>
public static class NameInvention
{
    private static readonly string[] s_onsets =
        ["B", "D", "F", "G", "H", "J", "K", "L", "M", "N", "P", "R", "S", "T", "V", "W", "Z", "Br", "Ch", "Dr", "Fl", "Gr", "Pl", "Sh", "St", "Tr", ""];
    private static readonly string[] s_vowels = ["a", "e", "i", "o", "u", "ee", "ai", "y"];
    private static readonly string[] s_middles =
        ["b", "d", "l", "m", "n", "r", "s", "t", "v", "z", "ll", "nn", "mp", "nd", "rk", "x", "ck", "g", "k", "p", "f", "c", "h", "w", "j", "qu"];
    private static readonly string[] s_ends = ["", "", "", "n", "l", "r", "s", "x", "ck", "t", "m", "th"];

    /// <summary>
    /// A name that is neither in the grammar's list nor one of its words: one capital, then small letters, three to nine
    /// letters in all.
    /// </summary>
    public static string Next(StoryRandom random, StoryGrammar grammar)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(grammar);
        while (true)
        {
            string name = Pick(s_onsets) + Pick(s_vowels);
            for (int syllables = random.Next(3); syllables > 0; syllables--) name += Pick(s_middles) + Pick(s_vowels);
            name += Pick(s_ends);
            name = char.ToUpperInvariant(name[0]) + name[1..];
            if (name.Length is >= 3 and <= 9 && !grammar.Company.Names.Contains(name) && !grammar.IsWord(name)) return name;
        }

        string Pick(string[] parts) => parts[random.Next(parts.Length)];
    }
}
