namespace WasmChord.Training.Stories;

/// <summary>How much of a text stands word for word in other texts: sequences of words, punctuation included.</summary>
/// <param name="words">Words in a sequence.</param>
public sealed class TextOverlap(int words)
{
    private readonly HashSet<ulong> _seen = [];

    /// <summary>Adds a text to those that are compared with.</summary>
    public void Add(string text) => _seen.UnionWith(Sequences(text));

    /// <summary>The share of a text's sequences that were seen, from 0 to 1.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where to begin, in characters: what stands before is only context.</param>
    public (int Seen, int All) Measure(string text, int from)
    {
        ArgumentNullException.ThrowIfNull(text);
        ulong[] sequences = [.. Sequences(text[from..])];
        return (sequences.Count(_seen.Contains), sequences.Length);
    }

    // FNV-1a over the words of each window; a collision in 2^64 does not matter to a share.
    private IEnumerable<ulong> Sequences(string text)
    {
        string[] parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i + words <= parts.Length; i++)
        {
            ulong hash = 14695981039346656037;
            foreach (string part in parts.AsSpan(i, words))
            {
                foreach (char c in part) hash = (hash ^ c) * 1099511628211;
                hash = (hash ^ ' ') * 1099511628211;
            }
            yield return hash;
        }
    }
}
