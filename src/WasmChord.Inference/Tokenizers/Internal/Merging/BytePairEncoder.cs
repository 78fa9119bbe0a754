namespace WasmChord.Inference;

/// <summary>Encodes by <see cref="BytePairModel"/>: n bytes of a word take O(n log n).</summary>
internal sealed class BytePairEncoder(BytePairModel model) : TextEncoder
{
    private readonly Vocabulary _vocabulary = model.Vocabulary;
    private readonly MergeTable _merges = model.Merges;
    private readonly PreTokenizer _preTokenizer = model.PreTokenizer;
    private readonly MergeQueue _queue = new();
    private int[] _codePoints = [];
    private CharacterClass[] _classes = [];
    private byte[] _word = new byte[64];
    private byte[] _characters = new byte[128];
    private Symbol[] _symbols = new Symbol[64];
    private List<int> _ends = [];
    private List<int> _spare = [];

    internal override void Encode(ReadOnlySpan<byte> text, bool afterSpecial, List<TokenId> output)
    {
        Grow(ref _codePoints, text.Length);
        Grow(ref _classes, text.Length);
        int count = CodePointReader.Read(text, _codePoints, _classes);
        CodePoints points = new(_codePoints.AsSpan(0, count), _classes.AsSpan(0, count));
        _preTokenizer.Divide(points, ref _ends, ref _spare);
        int start = 0;
        foreach (int end in _ends)
        {
            EncodeWord(WriteWord(points, start, end), output);
            start = end;
        }
    }

    private ReadOnlySpan<byte> WriteWord(CodePoints points, int start, int end)
    {
        const int most = 4;
        if (end - start > Array.MaxLength / most) throw new InferenceException(InferenceError.InvalidOption, $"a word of {end - start} characters is too long to encode");
        Grow(ref _word, most * (end - start));
        int length = 0;
        for (int i = start; i < end; i++)
        {
            int codePoint = points[i] == ' ' && _preTokenizer.IsPlainText ? '\u2581' : points[i];
            length += CodePointReader.Encode(codePoint, _word.AsSpan(length));
        }

        return _word.AsSpan(0, length);
    }

    private void EncodeWord(ReadOnlySpan<byte> word, List<TokenId> output)
    {
        bool isWhole = _preTokenizer.IgnoresMerges || (_preTokenizer.KeepsLineFeeds && !word.ContainsAnyExcept((byte)'\n'));
        if (isWhole && FindWord(word) is var token and >= 0)
        {
            output.Add(new TokenId(token));
            return;
        }

        int count = Divide(word);
        _queue.Clear();
        for (int left = 0; left + 1 < count; left++)
            if (_merges.TryFind(_symbols[left].Id, _symbols[left + 1].Id, out int rank, out _)) _queue.Append(KeyOf(rank, left), rank);
        _queue.Heapify();
        while (_queue.Count > 0)
        {
            (ulong key, int rank) = _queue.Dequeue();
            int index = (int)(uint)key;
            ref Symbol left = ref _symbols[index];
            MergeTable.Merge merge = _merges[rank];
            // An entry is out of date where either side has been merged since; then the symbols are others.
            if (left.Length == 0 || left.Next < 0 || left.Id != merge.Left || _symbols[left.Next].Id != merge.Right) continue;
            Merge(index, merge.Result);
        }

        for (int i = 0; i >= 0; i = _symbols[i].Next) Emit(word.Slice(_symbols[i].Start, _symbols[i].Length), _symbols[i].Id, output);
    }

    /// <summary>The token that a whole word is, or −1.</summary>
    private int FindWord(ReadOnlySpan<byte> word)
    {
        if (_preTokenizer.IsPlainText || word.Length > _vocabulary.MaxTextBytes) return _vocabulary.Find(word);
        Grow(ref _characters, ByteAlphabet.MaxCharacterBytes * word.Length);
        int length = 0;
        foreach (byte value in word) length += ByteAlphabet.Encode(value, _characters.AsSpan(length));
        return _vocabulary.Find(_characters.AsSpan(0, length));
    }

    private int Divide(ReadOnlySpan<byte> word)
    {
        Grow(ref _symbols, word.Length);
        int count = 0;
        for (int at = 0; at < word.Length; count++)
        {
            int length = _preTokenizer.IsPlainText ? Math.Min(CharacterBytes(word[at]), word.Length - at) : 1;
            int id = _preTokenizer.IsPlainText ? _merges.SymbolOf(word.Slice(at, length)) : model.ByteSymbol(word[at]);
            _symbols[count] = new Symbol(at, length, id, count - 1, count + 1);
            at += length;
        }

        _symbols[count - 1].Next = -1;
        return count;
    }

    private void Merge(int index, int result)
    {
        ref Symbol left = ref _symbols[index];
        ref Symbol right = ref _symbols[left.Next];
        left.Length += right.Length;
        left.Id = result;
        left.Next = right.Next;
        right.Length = 0;
        if (left.Next >= 0) _symbols[left.Next].Previous = index;
        if (left.Previous >= 0 && _merges.TryFind(_symbols[left.Previous].Id, result, out int rank, out _)) _queue.Enqueue(KeyOf(rank, left.Previous), rank);
        if (left.Next >= 0 && _merges.TryFind(result, _symbols[left.Next].Id, out rank, out _)) _queue.Enqueue(KeyOf(rank, index), rank);
    }

    private static ulong KeyOf(int rank, int left) => ((ulong)(uint)rank << 32) | (uint)left;

    private void Emit(ReadOnlySpan<byte> text, int symbol, List<TokenId> output)
    {
        if (symbol >= 0 && symbol < _vocabulary.Count)
        {
            output.Add(new TokenId(symbol));
            return;
        }

        Span<byte> character = stackalloc byte[ByteAlphabet.MaxCharacterBytes];
        foreach (byte value in text)
        {
            // The bytes of a character of the alphabet are looked up one by one, as the reference does: two find nothing.
            int token = _preTokenizer.IsPlainText ? _vocabulary.Find(ByteTokens.NameOf(value))
                : ByteAlphabet.Encode(value, character) == 1 ? _vocabulary.Find(character[..1]) : -1;
            if (token >= 0) output.Add(new TokenId(token));
        }
    }
}
