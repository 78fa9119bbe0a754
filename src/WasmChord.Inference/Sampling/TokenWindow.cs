namespace WasmChord.Inference;

/// <summary>How often each token occurs among the last ones of a sequence.</summary>
/// <param name="size">How many of the last; 0 for none, negative for all.</param>
internal sealed class TokenWindow(int size)
{
    private readonly Queue<TokenId> _tokens = new();
    private readonly Dictionary<TokenId, int> _counts = [];

    /// <summary>The distinct tokens, with their counts.</summary>
    internal Dictionary<TokenId, int> Counts => _counts;

    internal void Add(TokenId token)
    {
        if (size == 0) return;
        _counts[token] = _counts.GetValueOrDefault(token) + 1;
        if (size < 0) return;
        _tokens.Enqueue(token);
        if (_tokens.Count <= size) return;
        TokenId oldest = _tokens.Dequeue();
        int left = _counts[oldest] - 1;
        if (left == 0) _counts.Remove(oldest);
        else _counts[oldest] = left;
    }
}
