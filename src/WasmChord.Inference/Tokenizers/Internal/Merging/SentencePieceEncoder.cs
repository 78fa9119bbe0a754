namespace WasmChord.Inference;

/// <summary>Encodes by <see cref="SentencePieceModel"/>: n characters of a word take O(n log n).</summary>
internal sealed class SentencePieceEncoder(SentencePieceModel model) : TextEncoder
{
    private readonly Vocabulary _vocabulary = model.Vocabulary;
    private readonly MergeQueue _queue = new();
    private byte[] _text = [];
    private Symbol[] _symbols = new Symbol[64];

    internal override void Encode(ReadOnlySpan<byte> text, bool afterSpecial, List<TokenId> output)
    {
        ReadOnlySpan<byte> escaped = Escape(text, afterSpecial && model.AddsSpacePrefix);
        int word = 0;
        bool previousIsMark = true;
        for (int at = 0; at < escaped.Length;)
        {
            // Characters as their first bytes announce them, so that a mark inside broken UTF-8 is none.
            bool isMark = escaped[at..].StartsWith(SpaceMark.Utf8);
            if (isMark && !previousIsMark && !model.HasTokensAcrossSpaces)
            {
                EncodeWord(escaped[word..at], output);
                word = at;
            }

            previousIsMark = isMark;
            at += CharacterBytes(escaped[at]);
        }

        if (word < escaped.Length) EncodeWord(escaped[word..], output);
    }

    private ReadOnlySpan<byte> Escape(ReadOnlySpan<byte> text, bool prefixed)
    {
        long length = text.Length + 2L * text.Count((byte)' ') + SpaceMark.Utf8.Length;
        if (length > Array.MaxLength) throw new InferenceException(InferenceError.InvalidOption, $"a text of {text.Length} bytes is too long to encode");
        Grow(ref _text, (int)length);
        int start = prefixed ? SpaceMark.Utf8.Length : 0;
        if (prefixed) SpaceMark.Utf8.CopyTo(_text);
        return _text.AsSpan(0, start + SpaceMark.Escape(text, _text.AsSpan(start)));
    }

    private void EncodeWord(ReadOnlySpan<byte> word, List<TokenId> output)
    {
        int count = Divide(word);
        _queue.Clear();
        for (int left = 0; left + 1 < count; left++)
            if (TryJoin(word, left, left + 1, out ulong key, out int token)) _queue.Append(key, token);
        _queue.Heapify();
        while (_queue.Count > 0)
        {
            (ulong key, int token) = _queue.Dequeue();
            ref Symbol left = ref _symbols[(uint)key];
            // An entry is out of date where either side has been merged since; then the lengths no longer agree.
            if (left.Length == 0 || left.Next < 0 || left.Length + _symbols[left.Next].Length != _vocabulary.Text(token).Length) continue;
            Merge(word, (int)(uint)key, token);
        }

        for (int i = 0; i >= 0; i = _symbols[i].Next) Emit(word.Slice(_symbols[i].Start, _symbols[i].Length), _symbols[i].Id, output);
    }

    private int Divide(ReadOnlySpan<byte> word)
    {
        Grow(ref _symbols, word.Length);
        int count = 0;
        for (int at = 0; at < word.Length; count++)
        {
            int length = Math.Min(CharacterBytes(word[at]), word.Length - at);
            _symbols[count] = new Symbol(at, length, -1, count - 1, count + 1);
            at += length;
        }

        _symbols[count - 1].Next = -1;
        return count;
    }

    private void Merge(ReadOnlySpan<byte> word, int index, int token)
    {
        ref Symbol left = ref _symbols[index];
        ref Symbol right = ref _symbols[left.Next];
        left.Length += right.Length;
        left.Id = token;
        left.Next = right.Next;
        right.Length = 0;
        if (left.Next >= 0) _symbols[left.Next].Previous = index;
        if (left.Previous >= 0 && TryJoin(word, left.Previous, index, out ulong key, out int joined)) _queue.Enqueue(key, joined);
        if (left.Next >= 0 && TryJoin(word, index, left.Next, out key, out joined)) _queue.Enqueue(key, joined);
    }

    private bool TryJoin(ReadOnlySpan<byte> word, int left, int right, out ulong key, out int token)
    {
        token = _vocabulary.Find(word.Slice(_symbols[left].Start, _symbols[left].Length + _symbols[right].Length));
        key = token < 0 ? 0 : KeyOf(_vocabulary.Score(token), left);
        return token >= 0;
    }

    /// <summary>Orders by falling score, then from left to right; what is no number comes last.</summary>
    private static ulong KeyOf(float score, int left)
    {
        if (float.IsNaN(score)) return ((ulong)uint.MaxValue << 32) | (uint)left;
        uint bits = BitConverter.SingleToUInt32Bits(score == 0 ? 0 : score);
        uint falling = (bits & 0x8000_0000) != 0 ? bits : ~bits & 0x7FFF_FFFF;
        return ((ulong)falling << 32) | (uint)left;
    }

    private void Emit(ReadOnlySpan<byte> text, int token, List<TokenId> output)
    {
        if (token < 0) token = _vocabulary.Find(text);
        if (token >= 0)
        {
            output.Add(new TokenId(token));
            return;
        }

        foreach (byte value in text)
            if (model.ByteToken(value) is var byteToken and >= 0) output.Add(new TokenId(byteToken));
    }
}
