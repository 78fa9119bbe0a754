namespace WasmChord.Bench.Soak;

/// <summary>What became of the users' requests.</summary>
internal sealed class SoakCounts
{
    private long _completed, _cancelled, _refused, _tokens, _leases;
    private readonly Lock _lock = new();
    private readonly List<string> _unexpected = [];

    public long Completed => Volatile.Read(ref _completed);

    /// <summary>Texts that their users gave up.</summary>
    public long Cancelled => Volatile.Read(ref _cancelled);

    /// <summary>Requests that memory or the queue had no room for.</summary>
    public long Refused => Volatile.Read(ref _refused);

    public long Tokens => Volatile.Read(ref _tokens);

    /// <summary>Layers that were read through a lease.</summary>
    public long Leases => Volatile.Read(ref _leases);

    /// <summary>What should not have happened.</summary>
    public IReadOnlyList<string> Unexpected
    {
        get
        {
            lock (_lock) return [.. _unexpected];
        }
    }

    public void Complete(int tokens)
    {
        Interlocked.Increment(ref _completed);
        Interlocked.Add(ref _tokens, tokens);
    }

    public void Cancel() => Interlocked.Increment(ref _cancelled);

    public void Refuse() => Interlocked.Increment(ref _refused);

    public void Lease() => Interlocked.Increment(ref _leases);

    public void Surprise(Exception e)
    {
        lock (_lock) _unexpected.Add($"{e.GetType().Name}: {e.Message}");
    }
}
