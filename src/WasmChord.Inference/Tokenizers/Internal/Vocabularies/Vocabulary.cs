namespace WasmChord.Inference;

/// <summary>
/// The tokens' texts in one array, with an index from text to token: a token takes its text and about 13 bytes, where
/// strings and a dictionary would take some 80 more. Attributes change only while a tokenizer is made.
/// </summary>
internal sealed class Vocabulary
{
    private readonly byte[] _text;
    private readonly int[] _offsets; // (count + 1)
    private readonly TokenAttributes[] _attributes; // (count)
    private readonly float[] _scores; // (count), or empty
    private readonly int[] _slots; // open addressing: token + 1, or 0
    private readonly ulong _seed;

    private Vocabulary(byte[] text, int[] offsets, TokenAttributes[] attributes, float[] scores)
    {
        _text = text;
        _offsets = offsets;
        _attributes = attributes;
        _scores = scores;
        _seed = TextHash.NewSeed();
        _slots = new int[TextHash.SlotCount(Count)];
    }

    internal int Count => _attributes.Length;

    /// <summary>Length of the longest text.</summary>
    internal int MaxTextBytes { get; private set; }

    internal long ApproximateBytes => _text.Length + 4L * _offsets.Length + _attributes.Length + 4L * _scores.Length + 4L * _slots.Length;

    /// <summary>Copies the texts. An empty text becomes <c>[EMPTY_n]</c>, as llama.cpp names it, so that texts stay different.</summary>
    /// <exception cref="InferenceException">Two tokens have the same text, or the texts do not fit one array.</exception>
    internal static Vocabulary Create(IReadOnlyList<ReadOnlyMemory<byte>> texts, TokenAttributes[] attributes, float[] scores)
    {
        int[] offsets = new int[texts.Count + 1];
        long total = 0;
        for (int i = 0; i < texts.Count; i++)
        {
            total += texts[i].Length == 0 ? EmptyName(i).Length : texts[i].Length;
            if (total > Array.MaxLength) throw new InferenceException(InferenceError.InvalidMetadata, $"the vocabulary's texts take more than {Array.MaxLength} bytes");
            offsets[i + 1] = (int)total;
        }

        byte[] text = new byte[total];
        for (int i = 0; i < texts.Count; i++) (texts[i].Length == 0 ? EmptyName(i) : texts[i].Span).CopyTo(text.AsSpan(offsets[i]));
        Vocabulary vocabulary = new(text, offsets, attributes, scores);
        vocabulary.Index();
        return vocabulary;
    }

    internal ReadOnlySpan<byte> Text(int token) => _text.AsSpan(_offsets[token], _offsets[token + 1] - _offsets[token]);

    internal TokenAttributes Attributes(int token) => _attributes[token];

    internal void SetAttributes(int token, TokenAttributes attributes) => _attributes[token] = attributes;

    internal bool Is(int token, TokenAttributes any) => (_attributes[token] & any) != 0;

    internal float Score(int token) => _scores.Length == 0 ? 0 : _scores[token];

    /// <summary>The token of a text, or −1.</summary>
    internal int Find(ReadOnlySpan<byte> text)
    {
        if (text.Length > MaxTextBytes) return -1;
        int mask = _slots.Length - 1;
        for (int slot = (int)TextHash.Of(text, _seed) & mask; _slots[slot] != 0; slot = (slot + 1) & mask)
            if (Text(_slots[slot] - 1).SequenceEqual(text)) return _slots[slot] - 1;
        return -1;
    }

    private void Index()
    {
        int mask = _slots.Length - 1;
        for (int token = 0; token < Count; token++)
        {
            ReadOnlySpan<byte> text = Text(token);
            MaxTextBytes = Math.Max(MaxTextBytes, text.Length);
            int slot = (int)TextHash.Of(text, _seed) & mask;
            for (; _slots[slot] != 0; slot = (slot + 1) & mask)
            {
                if (Text(_slots[slot] - 1).SequenceEqual(text))
                    throw new InferenceException(InferenceError.InvalidMetadata, $"the tokens {_slots[slot] - 1} and {token} have the same text of {text.Length} bytes");
            }

            _slots[slot] = token + 1;
        }
    }

    private static ReadOnlySpan<byte> EmptyName(int token) => System.Text.Encoding.ASCII.GetBytes($"[EMPTY_{token}]");
}
