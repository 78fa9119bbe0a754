namespace WasmChord.Inference;

/// <summary>The last tokens of a sequence, and how often each occurs among them.</summary>
internal sealed class TokenWindow(int size)
{
    private readonly Queue<TokenId> _tokens = new();
    private readonly Dictionary<TokenId, int> _counts = [];

    /// <summary>The distinct tokens, with their counts.</summary>
    internal Dictionary<TokenId, int> Counts => _counts;

    internal void Add(TokenId token)
    {
        if (size == 0) return;
        _tokens.Enqueue(token);
        _counts[token] = _counts.GetValueOrDefault(token) + 1;
        if (size < 0 || _tokens.Count <= size) return;
        TokenId oldest = _tokens.Dequeue();
        int left = _counts[oldest] - 1;
        if (left == 0) _counts.Remove(oldest);
        else _counts[oldest] = left;
    }
}
