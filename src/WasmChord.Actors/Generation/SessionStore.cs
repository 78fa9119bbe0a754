using WasmChord.Inference;

namespace WasmChord.Actors;

/// <summary>
/// Keys and values of sessions between their turns. A turn takes its session out and puts it back when it is complete;
/// what lies here idle is forgotten when memory is needed, the longest idle first.
/// </summary>
internal sealed class SessionStore(int maxSessions)
{
    private readonly Dictionary<string, Session> _sessions = new(StringComparer.Ordinal);
    private long _clock;

    /// <summary>Idle sessions.</summary>
    public int Count => _sessions.Count;

    /// <summary>Memory of their pages.</summary>
    public long Bytes => _sessions.Values.Sum(s => s.Sequence.HeldBytes);

    /// <summary>Memory of one session's pages; 0 for an unknown one.</summary>
    public long BytesOf(string? id) => id is not null && _sessions.TryGetValue(id, out Session? s) ? s.Sequence.HeldBytes : 0;

    /// <summary>How many tokens of a prompt the session has computed already; 0 for an unknown one.</summary>
    public int CommonPrefix(string id, ReadOnlySpan<TokenId> prompt) => _sessions.TryGetValue(id, out Session? s) ? Common(s.Tokens, prompt) : 0;

    /// <summary>Takes a session out; null for an unknown one.</summary>
    public KvSequence? Take(string id) => _sessions.Remove(id, out Session? session) ? session.Sequence : null;

    /// <summary>Keeps a session; an older one of that id is forgotten.</summary>
    /// <param name="id">Which.</param>
    /// <param name="sequence">Its keys and values; the store's from now on.</param>
    /// <param name="tokens">Their tokens.</param>
    /// <param name="now">The time.</param>
    public void Put(string id, KvSequence sequence, TokenId[] tokens, TimeSpan now)
    {
        Take(id)?.Dispose();
        if (maxSessions == 0)
        {
            sequence.Dispose();
            return;
        }

        if (_sessions.Count == maxSessions) TryForgetOldest();
        _sessions.Add(id, new Session(sequence, tokens, now, ++_clock));
    }

    /// <summary>Forgets the session that has been idle longest; false when there is none but <paramref name="kept"/>.</summary>
    public bool TryForgetOldest(string? kept = null)
    {
        string? oldest = _sessions.Where(s => s.Key != kept).OrderBy(s => s.Value.Order).Select(s => s.Key).FirstOrDefault();
        if (oldest is null) return false;
        Take(oldest)?.Dispose();
        return true;
    }

    /// <summary>Forgets the sessions that have been idle since before <paramref name="time"/>; tells how many.</summary>
    public int ForgetIdleSince(TimeSpan time)
    {
        string[] old = [.. _sessions.Where(s => s.Value.Since <= time).Select(s => s.Key)];
        foreach (string id in old) Take(id)?.Dispose();
        return old.Length;
    }

    private static int Common(ReadOnlySpan<TokenId> a, ReadOnlySpan<TokenId> b)
    {
        int length = 0;
        while (length < a.Length && length < b.Length && a[length] == b[length]) length++;
        return length;
    }

    private sealed record Session(KvSequence Sequence, TokenId[] Tokens, TimeSpan Since, long Order);
}
