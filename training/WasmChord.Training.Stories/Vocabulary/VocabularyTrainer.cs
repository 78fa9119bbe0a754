using System.Text;

namespace WasmChord.Training.Stories;

/// <summary>
/// Learns pieces by byte-pair encoding over characters (Sennrich, Haddow and Birch, "Neural machine translation of rare
/// words with subword units", 2016): the most frequent pair of neighbours becomes a piece, again and again. A piece is
/// of one word with the space before it, or of punctuation; the printable characters of ASCII are all there, last, as
/// merging starts from them.
/// </summary>
public static class VocabularyTrainer
{
    private const char Space = '▁';

    /// <summary>Learns a vocabulary of <paramref name="size"/> tokens, bytes and marks included.</summary>
    /// <exception cref="ArgumentException">The size has no room for the bytes and characters, or the text offers
    /// fewer pieces than asked for.</exception>
    public static StoryVocabulary Train(IEnumerable<string> texts, int size)
    {
        ArgumentNullException.ThrowIfNull(texts);
        string[] characters = [Space.ToString(), .. Enumerable.Range('!', '~' - '!' + 1).Select(c => ((char)c).ToString())];
        int merges = size - StoryVocabulary.FirstPiece - characters.Length;
        if (merges < 0) throw new ArgumentException($"{size} tokens have no room for bytes and characters", nameof(size));

        List<(List<string> Symbols, long Count)> words = [.. Count(texts)
            .OrderBy(word => word.Key, StringComparer.Ordinal)
            .Select(word => (word.Key.Select(c => c.ToString()).ToList(), word.Value))];
        List<string> pieces = [];
        HashSet<string> known = [];
        while (pieces.Count < merges)
        {
            (string left, string right) = Best(words) ?? throw new ArgumentException($"the text offers only {pieces.Count} pieces", nameof(texts));
            foreach ((List<string> symbols, _) in words) Join(symbols, left, right);
            // Two pairs may join to the same text; it is one piece.
            if (known.Add(left + right)) pieces.Add(left + right);
        }
        return new StoryVocabulary([.. pieces, .. characters]);
    }

    private static Dictionary<string, long> Count(IEnumerable<string> texts)
    {
        Dictionary<string, long> words = new(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            StringBuilder word = new();
            foreach (char c in Space + text.Replace(' ', Space))
            {
                bool letter = char.IsAsciiLetter(c);
                bool joins = word.Length > 0 && c != Space && letter == char.IsAsciiLetter(word[^1]);
                // The space belongs to what follows it, word or quotation mark.
                if (word.Length == 1 && word[0] == Space) joins = c != Space;
                if (!joins) Flush(word);
                word.Append(c);
            }
            Flush(word);
        }
        return words;

        void Flush(StringBuilder word)
        {
            if (word.Length > 1) words[word.ToString()] = words.GetValueOrDefault(word.ToString()) + 1;
            word.Clear();
        }
    }

    private static (string, string)? Best(List<(List<string> Symbols, long Count)> words)
    {
        Dictionary<(string, string), long> pairs = [];
        foreach ((List<string> symbols, long count) in words)
            for (int i = 0; i + 1 < symbols.Count; i++)
                pairs[(symbols[i], symbols[i + 1])] = pairs.GetValueOrDefault((symbols[i], symbols[i + 1])) + count;
        if (pairs.Count == 0) return null;
        long most = pairs.Values.Max();
        return pairs.Where(pair => pair.Value == most).Select(pair => pair.Key)
            .OrderBy(pair => pair.Item1, StringComparer.Ordinal).ThenBy(pair => pair.Item2, StringComparer.Ordinal).First();
    }

    private static void Join(List<string> symbols, string left, string right)
    {
        for (int i = 0; i + 1 < symbols.Count; i++)
        {
            if (symbols[i] != left || symbols[i + 1] != right) continue;
            symbols[i] = left + right;
            symbols.RemoveAt(i + 1);
        }
    }
}
