namespace WasmChord.Inference;

/// <summary>
/// Guesses the tokens that follow by looking for the last few tokens earlier in the sequence, and proposing what came
/// after them then (prompt look-up decoding: Saxena, 2023; a case of speculative decoding, arXiv:2211.17192).
/// Appending and proposing take constant time; memory is a few words a token.
/// </summary>
public sealed class PromptLookup
{
    private const int LongestMatch = 3, ShortestMatch = 2;

    private readonly List<TokenId> _tokens = [];
    private readonly Dictionary<ulong, int>[] _after = [[], []]; // by length of the match: where its latest occurrence ended

    /// <summary>Tokens so far.</summary>
    public int Count => _tokens.Count;

    /// <summary>Adds a token to the end.</summary>
    public void Append(TokenId token)
    {
        // What ends before this token has a continuation only now.
        for (int n = ShortestMatch; n <= LongestMatch; n++)
            if (_tokens.Count >= n) _after[n - ShortestMatch][KeyOf(_tokens.Count, n)] = _tokens.Count;
        _tokens.Add(token);
    }

    /// <summary>Proposes tokens that may follow.</summary>
    /// <param name="proposal">Receives them.</param>
    /// <returns>How many: as many as there is room for, or 0 where the end occurs nowhere before.</returns>
    public int Propose(Span<TokenId> proposal)
    {
        for (int n = LongestMatch; n >= ShortestMatch; n--)
        {
            if (_tokens.Count < n || !_after[n - ShortestMatch].TryGetValue(KeyOf(_tokens.Count, n), out int at) || !Matches(at, n)) continue;
            // Past the end it goes on with itself: what repeats is proposed to repeat.
            for (int i = 0; i < proposal.Length; i++) proposal[i] = at + i < _tokens.Count ? _tokens[at + i] : proposal[at + i - _tokens.Count];
            return proposal.Length;
        }

        return 0;
    }

    private bool Matches(int at, int n)
    {
        for (int i = 1; i <= n; i++)
            if (_tokens[at - i] != _tokens[^i]) return false;
        return true;
    }

    private ulong KeyOf(int end, int n)
    {
        ulong key = 0;
        for (int i = end - n; i < end; i++) key = key * 0x9E37_79B9_7F4A_7C15 + (uint)_tokens[i].Value + 1;
        return key;
    }
}
