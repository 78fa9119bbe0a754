using System.Text;
using WasmChord.Gguf;

namespace WasmChord.Training.Stories;

/// <summary>
/// A vocabulary as SentencePiece has it: pieces with scores, a mark ▁ for the space, tokens for all bytes. Ids: 0
/// unknown, 1 begin, 2 end, 3 to 258 the bytes, then the pieces. A space is put before the text.
/// </summary>
/// <remarks>
/// Encoding merges, among all neighbours whose joined text is a piece, the pair with the highest score first and the
/// leftmost among equals, as llama.cpp does for vocabularies of the model <c>llama</c>; so the ids of training are
/// those of inference.
/// </remarks>
public sealed class StoryVocabulary
{
    /// <summary>The token for what cannot be said.</summary>
    public const int Unknown = 0;

    /// <summary>The token that begins a text.</summary>
    public const int Begin = 1;

    /// <summary>The token that ends a text.</summary>
    public const int End = 2;

    /// <summary>The token of byte 0.</summary>
    public const int FirstByte = 3;

    /// <summary>The first piece that is text.</summary>
    public const int FirstPiece = FirstByte + 256;

    private const char Space = '▁';
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int[]> _words = [];

    /// <summary>A vocabulary of the given pieces of text; ids and scores follow from their order.</summary>
    /// <param name="pieces">Distinct pieces, most wanted first, spaces written as ▁.</param>
    public StoryVocabulary(IReadOnlyList<string> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        Pieces = ["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(b => $"<0x{b:X2}>"), .. pieces];
        Scores = [.. Enumerable.Repeat(0f, FirstPiece), .. Enumerable.Range(0, pieces.Count).Select(rank => -(float)rank)];
        Types = [.. Enumerable.Range(0, Pieces.Count).Select(TypeOf)];
        _ids = pieces.Select((piece, i) => (piece, i)).ToDictionary(pair => pair.piece, pair => FirstPiece + pair.i, StringComparer.Ordinal);
    }

    /// <summary>The text of each token.</summary>
    public IReadOnlyList<string> Pieces { get; }

    /// <summary>The score of each token: higher merges first.</summary>
    public IReadOnlyList<float> Scores { get; }

    /// <summary>What each token is.</summary>
    public IReadOnlyList<PieceType> Types { get; }

    /// <summary>Number of tokens.</summary>
    public int Count => Pieces.Count;

    /// <summary>The vocabulary that a model's metadata holds.</summary>
    /// <exception cref="FormatException">It is not one of this kind.</exception>
    public static async Task<StoryVocabulary> ReadAsync(GgufModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!model.Metadata.TryGetArray("tokenizer.ggml.tokens", out GgufArray? tokens)) throw new FormatException("the model has no vocabulary");
        string[] pieces = await tokens.ReadStringsAsync().ConfigureAwait(false);
        StoryVocabulary vocabulary = new(pieces.Length < FirstPiece ? [] : pieces[FirstPiece..]);
        return vocabulary.Pieces.SequenceEqual(pieces) ? vocabulary : throw new FormatException("the model's vocabulary has other marks and bytes");
    }

    /// <summary>The ids of a text, without marks.</summary>
    public IReadOnlyList<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0) return [];
        List<int> ids = [];
        string spaced = Space + text.Replace(' ', Space);
        // No piece has ▁ but at its start, so merges never cross the place before one: words can be encoded apart.
        for (int start = 0; start < spaced.Length;)
        {
            int end = spaced.IndexOf(Space, start + 1);
            if (end < 0) end = spaced.Length;
            string word = spaced[start..end];
            if (!_words.TryGetValue(word, out int[]? known)) _words.Add(word, known = Merge(word));
            ids.AddRange(known);
            start = end;
        }
        return ids;
    }

    /// <summary>The text of ids; marks have none. A space at the start, which encoding put there, is taken away.</summary>
    public string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        List<byte> bytes = [];
        foreach (int id in ids)
        {
            if (Types[id] == PieceType.Byte) bytes.Add((byte)(id - FirstByte));
            else if (Types[id] == PieceType.Normal) bytes.AddRange(Encoding.UTF8.GetBytes(Pieces[id].Replace(Space, ' ')));
        }
        string text = Encoding.UTF8.GetString([.. bytes]);
        return text.StartsWith(' ') ? text[1..] : text;
    }

    private int[] Merge(string word)
    {
        List<string> symbols = [.. word.EnumerateRunes().Select(rune => rune.ToString())];
        while (true)
        {
            int best = -1;
            float score = float.NegativeInfinity;
            for (int i = 0; i + 1 < symbols.Count; i++)
            {
                if (!_ids.TryGetValue(symbols[i] + symbols[i + 1], out int id) || Scores[id] <= score) continue;
                (best, score) = (i, Scores[id]);
            }
            if (best < 0) break;
            symbols[best] += symbols[best + 1];
            symbols.RemoveAt(best + 1);
        }
        return [.. symbols.SelectMany(IdsOf)];
    }

    private IEnumerable<int> IdsOf(string symbol) =>
        _ids.TryGetValue(symbol, out int id) ? [id] : Encoding.UTF8.GetBytes(symbol).Select(b => FirstByte + b);

    private static PieceType TypeOf(int id) => id switch
    {
        Unknown => PieceType.Unknown,
        < FirstByte => PieceType.Control,
        < FirstPiece => PieceType.Byte,
        _ => PieceType.Normal,
    };
}
