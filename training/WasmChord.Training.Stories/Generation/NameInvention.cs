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
    /// A name that is not in the list: one capital, then small letters, three to nine letters in all. About once in a
    /// thousand stories it happens to be a word of the grammar (<see cref="StoryGrammar.IsWord"/>).
    /// </summary>
    public static string Next(StoryRandom random, Company company)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(company);
        while (true)
        {
            string name = Pick(s_onsets) + Pick(s_vowels);
            for (int syllables = random.Next(3); syllables > 0; syllables--) name += Pick(s_middles) + Pick(s_vowels);
            name += Pick(s_ends);
            name = char.ToUpperInvariant(name[0]) + name[1..];
            if (name.Length is >= 3 and <= 9 && !company.Names.Contains(name)) return name;
        }

        string Pick(string[] parts) => parts[random.Next(parts.Length)];
    }
}
