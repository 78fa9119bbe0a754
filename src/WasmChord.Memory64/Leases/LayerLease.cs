namespace WasmChord.Memory64;

/// <summary>
/// The right to read some segments until returned. States: open (n readers inside) → ended (by <see cref="Dispose"/> or
/// by revocation; nobody enters any more) → quiet (ended and the last reader has let go), which is announced exactly
/// once: only then may the pages be used for something else. Whoever knows that nobody else has it may open a quiet lease
/// again, for other segments (<see cref="Renew"/>).
/// </summary>
public sealed class LayerLease : IDisposable
{
    private const int Ended = int.MinValue;

    private Segment[] _segments;
    private int _count;
    private IImageMemory _image;
    private readonly Action<LayerLease> _onQuiet;
    private int _state; // low bits: readers inside; sign bit: ended

    /// <summary>Creates a lease over committed, pinned segments.</summary>
    /// <param name="id">Its id in the cache that granted it.</param>
    /// <param name="generation">The region generation it belongs to.</param>
    /// <param name="segments">What it covers, ids ascending.</param>
    /// <param name="image">The memory the segments lie in; must outlive the lease.</param>
    /// <param name="onQuiet">Called once, on whatever thread lets go last; must not block or throw.</param>
    public LayerLease(LeaseId id, long generation, ReadOnlySpan<Segment> segments, IImageMemory image, Action<LayerLease> onQuiet)
    {
        Id = id;
        Generation = generation;
        _segments = segments.ToArray();
        _count = segments.Length;
        _image = image;
        _onQuiet = onQuiet;
    }

    /// <summary>Its id in the cache that granted it.</summary>
    public LeaseId Id { get; private set; }

    /// <summary>The region generation it belongs to; a lease of an older one can no longer be opened.</summary>
    public long Generation { get; private set; }

    /// <summary>What it covers, ids ascending.</summary>
    public ReadOnlySpan<Segment> Segments => _segments.AsSpan(0, _count);

    /// <summary>True once it was returned or revoked: nobody can begin to read.</summary>
    public bool IsEnded => Volatile.Read(ref _state) < 0;

    /// <summary>True while a thread reads through it.</summary>
    public bool HasReaders => (Volatile.Read(ref _state) & int.MaxValue) != 0;

    /// <summary>
    /// Begins reading. False once the lease was returned or revoked. The pages stay valid until the reader is disposed,
    /// even if the lease ends meanwhile.
    /// </summary>
    public bool TryRead(out LeaseReader reader)
    {
        bool entered = TryEnter();
        reader = entered ? new LeaseReader(this) : default;
        return entered;
    }

    /// <summary>
    /// Opens a lease again that is quiet and was announced so, over other segments, so that a stream of leases allocates
    /// nothing. Only for a lease that nobody else has kept: to an old holder it would look like its own.
    /// </summary>
    /// <param name="id">Its new id.</param>
    /// <param name="generation">The region generation it belongs to.</param>
    /// <param name="segments">What it covers, ids ascending.</param>
    /// <param name="image">The memory the segments lie in; must outlive the lease.</param>
    /// <exception cref="InvalidOperationException">It has not ended, or a reader is inside.</exception>
    public void Renew(LeaseId id, long generation, ReadOnlySpan<Segment> segments, IImageMemory image)
    {
        if (Volatile.Read(ref _state) != Ended) throw new InvalidOperationException($"lease {Id} is not quiet");
        Id = id;
        Generation = generation;
        if (_segments.Length < segments.Length) _segments = new Segment[segments.Length];
        segments.CopyTo(_segments);
        _count = segments.Length;
        _image = image;
        Volatile.Write(ref _state, 0);
    }

    /// <summary>Returns the lease. May be called more than once, and by any thread.</summary>
    public void Dispose() => End();

    /// <summary>Takes the lease back from its holder; false when it had ended already.</summary>
    public bool Revoke() => End();

    internal unsafe byte* AddressOf(Segment segment)
    {
        ReadOnlySpan<Segment> segments = Segments;
        int first = segments.Length == 0 ? 0 : segments[0].Id.Value;
        int guess = segment.Id.Value - first;
        bool covered = (uint)guess < (uint)segments.Length && segments[guess].Id == segment.Id;
        if (!covered && !Covers(segment.Id))
            throw new ArgumentException($"segment {segment.Id} of {segment.Layer} is not covered by lease {Id}", nameof(segment));
        return _image.AddressOf(segment);
    }

    // Not a lambda: its closure would be allocated at every read, and compute threads allocate nothing.
    private bool Covers(SegmentId id)
    {
        foreach (Segment segment in Segments)
            if (segment.Id == id) return true;
        return false;
    }

    /// <summary>Begins a stay that outlasts a method: a guest's. Every success needs its <see cref="Leave"/>.</summary>
    internal bool TryEnter()
    {
        int state = Volatile.Read(ref _state);
        while (state >= 0)
        {
            int seen = Interlocked.CompareExchange(ref _state, state + 1, state);
            if (seen == state) return true;
            state = seen;
        }

        return false;
    }

    internal void Leave()
    {
        if (Interlocked.Decrement(ref _state) == Ended) _onQuiet(this);
    }

    private bool End()
    {
        int before = Interlocked.Or(ref _state, Ended);
        if (before == 0) _onQuiet(this);
        return before >= 0;
    }
}
