using System.Text;

namespace WasmChord.Inference;

/// <summary>
/// Which neighbours merge, how early, and into what: a table from two symbols to a rank. A symbol is a token, or a number
/// from the vocabulary's size on for a text that merges name and the vocabulary lacks.
/// </summary>
internal sealed class MergeTable
{
    private readonly Vocabulary _vocabulary;
    private readonly Merge[] _merges; // (merges), by rank
    private readonly int[] _slots; // open addressing: rank + 1, or 0
    private readonly ulong _seed = TextHash.NewSeed();
    private readonly Dictionary<string, int> _extra = new(StringComparer.Ordinal);

    /// <summary>Reads merges, two texts with a space between them each, the earliest first.</summary>
    internal MergeTable(Vocabulary vocabulary, IReadOnlyList<ReadOnlyMemory<byte>> merges)
    {
        _vocabulary = vocabulary;
        _merges = new Merge[merges.Count];
        _slots = new int[TextHash.SlotCount(merges.Count)];
        byte[] joined = [];
        for (int rank = 0; rank < merges.Count; rank++) Add(rank, merges[rank].Span, ref joined);
    }

    internal long ApproximateBytes => 12L * _merges.Length + 4L * _slots.Length + _extra.Keys.Sum(text => 2L * text.Length + 64);

    /// <summary>The rank of a pair and what it merges into; false where it does not merge.</summary>
    internal bool TryFind(int left, int right, out int rank, out int result)
    {
        int mask = _slots.Length - 1;
        for (int slot = (int)TextHash.Of(left, right, _seed) & mask; _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            rank = _slots[slot] - 1;
            ref Merge merge = ref _merges[rank];
            if (merge.Left != left || merge.Right != right) continue;
            result = merge.Result;
            return true;
        }

        rank = result = -1;
        return false;
    }

    /// <summary>The two sides of a merge and its result.</summary>
    internal Merge this[int rank] => _merges[rank];

    /// <summary>The symbol of a text that is no more than one; −1 where neither the vocabulary nor a merge knows it.</summary>
    internal int SymbolOf(ReadOnlySpan<byte> text)
    {
        int token = _vocabulary.Find(text);
        return token >= 0 || _extra.Count == 0 ? token : _extra.GetValueOrDefault(Encoding.Latin1.GetString(text), -1);
    }

    private void Add(int rank, ReadOnlySpan<byte> text, ref byte[] joined)
    {
        // A text may begin with the space itself, so the one that separates is looked for behind the first byte.
        int space = text.Length < 2 ? -1 : text[1..].IndexOf((byte)' ') + 1;
        if (space <= 0) return;
        ReadOnlySpan<byte> left = text[..space], right = text[(space + 1)..];
        TextEncoder.Grow(ref joined, text.Length);
        left.CopyTo(joined);
        right.CopyTo(joined.AsSpan(left.Length));
        Merge merge = new(SymbolFor(left), SymbolFor(right), SymbolFor(joined.AsSpan(0, text.Length - 1)));
        // The first of equal merges counts.
        if (TryFind(merge.Left, merge.Right, out _, out _)) return;
        _merges[rank] = merge;
        int mask = _slots.Length - 1;
        int slot = (int)TextHash.Of(merge.Left, merge.Right, _seed) & mask;
        while (_slots[slot] != 0) slot = (slot + 1) & mask;
        _slots[slot] = rank + 1;
    }

    private int SymbolFor(ReadOnlySpan<byte> text)
    {
        int symbol = SymbolOf(text);
        if (symbol >= 0) return symbol;
        symbol = _vocabulary.Count + _extra.Count;
        // Latin-1 keeps any bytes apart.
        _extra.Add(Encoding.Latin1.GetString(text), symbol);
        return symbol;
    }

    /// <summary>A merge, in symbols.</summary>
    /// <param name="Left">The left side.</param>
    /// <param name="Right">The right side.</param>
    /// <param name="Result">Both together.</param>
    internal readonly record struct Merge(int Left, int Right, int Result);
}
