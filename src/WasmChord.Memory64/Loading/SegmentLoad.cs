namespace WasmChord.Memory64;

/// <summary>
/// One load on its way through the load flow. Its owner creates it, hands it from stage to stage, and disposes it when
/// it has arrived, failed or lost its purpose: until then it holds the place in the image, and its buffer. A stage that
/// runs meanwhile keeps both until it leaves. States: idle → running (a stage is inside) → idle …; disposed while idle
/// frees at once, disposed while running frees when the stage leaves; free → idle when it is renewed for another segment.
/// </summary>
public sealed class SegmentLoad : IDisposable
{
    private const int Running = 1, Disposed = 2;

    private readonly ImageHold _hold;
    private int _state;

    /// <summary>Creates a load.</summary>
    /// <param name="ticket">The cache's order.</param>
    /// <param name="segment">What to read.</param>
    /// <param name="generation">Where to.</param>
    /// <param name="hold">The hold on the segment; the load disposes it.</param>
    /// <param name="populate">Whether the pages are fresh and the reading thread populates them first.</param>
    public SegmentLoad(LoadTicket ticket, Segment segment, ImageGeneration generation, ImageHold hold, bool populate)
    {
        Ticket = ticket;
        Segment = segment;
        Generation = generation;
        Populate = populate;
        _hold = hold;
    }

    /// <summary>The cache's order.</summary>
    public LoadTicket Ticket { get; private set; }

    /// <summary>What to read.</summary>
    public Segment Segment { get; private set; }

    /// <summary>Where to.</summary>
    public ImageGeneration Generation { get; }

    /// <summary>How often reading was tried and failed.</summary>
    public int FailedAttempts { get; set; }

    /// <summary>Whether the pages are fresh and the reading thread populates them first.</summary>
    internal bool Populate { get; set; }

    /// <summary>The file's bytes on their way to the decoder; null for raw residency.</summary>
    internal LoadBuffer? Buffer { get; set; }

    /// <summary>
    /// Begins another load in the same generation, so that a stream of loads allocates nothing. For the owner that has
    /// disposed it, when no stage is inside any more.
    /// </summary>
    /// <param name="ticket">The cache's order.</param>
    /// <param name="segment">What to read.</param>
    /// <param name="populate">Whether the pages are fresh and the reading thread populates them first.</param>
    /// <returns>False, and the load stays free, when the generation has been retired.</returns>
    /// <exception cref="InvalidOperationException">It was not disposed, or a stage is still inside.</exception>
    public bool TryRenew(LoadTicket ticket, Segment segment, bool populate)
    {
        if (Volatile.Read(ref _state) != Disposed) throw new InvalidOperationException($"the load of segment {Segment.Id} is not free");
        if (!Generation.TryRenew(_hold, new ReadOnlySpan<Segment>(in segment))) return false;
        Ticket = ticket;
        Segment = segment;
        Populate = populate;
        FailedAttempts = 0;
        Volatile.Write(ref _state, 0);
        return true;
    }

    /// <summary>A stage begins; false when the load was disposed and nothing may be touched.</summary>
    internal bool TryEnter() => Interlocked.CompareExchange(ref _state, Running, 0) == 0;

    /// <summary>The stage that entered is done.</summary>
    internal void Leave()
    {
        if ((Interlocked.And(ref _state, ~Running) & Disposed) != 0) Free();
    }

    /// <summary>Lets go of the place in the image and of the buffer, at once or when the running stage leaves.</summary>
    public void Dispose()
    {
        int before = Interlocked.Or(ref _state, Disposed);
        if (before == 0) Free();
    }

    private void Free()
    {
        Buffer?.Dispose();
        Buffer = null;
        _hold.Dispose();
    }
}
