using Akka.Actor;
using Akka.Dispatch;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// A place for one load at a time: everything that a load needs on its way, made once and used again. There are as many
/// as loads may be under way, so that a stream of loads allocates nothing. States: free (in the cache's hands) → ordered
/// (the region commits memory) → waiting to be read → reading → waiting to be finished → finishing → arrived (told to
/// the cache, this object being the message) → free, or after a pause waiting to be read again. A failed read arrives
/// without finishing.
/// </summary>
internal sealed class LoadStep : IRunnable, INoSerializationVerificationNeeded
{
    private readonly LoadLine _line;
    private readonly SegmentLoader _loader;
    private readonly IActorRef _cache;
    private bool _isFinishing;

    /// <summary>Creates a free step.</summary>
    /// <param name="line">The line that it waits in.</param>
    /// <param name="loader">Reads and finishes.</param>
    /// <param name="generation">The region generation that it loads into.</param>
    /// <param name="cache">Whom to tell that it has arrived.</param>
    public LoadStep(LoadLine line, SegmentLoader loader, long generation, IActorRef cache)
    {
        _line = line;
        _loader = loader;
        _cache = cache;
        Order = new RegionProtocol.Commit(generation, this);
    }

    /// <summary>The order of memory, filled in anew for each load.</summary>
    public RegionProtocol.Commit Order { get; }

    /// <summary>The region's answer to the order; made by its first one, and used again.</summary>
    public RegionProtocol.Committed? Answer { get; set; }

    /// <summary>The load, once memory was committed for it.</summary>
    public SegmentLoad Load => Answer!.Load;

    /// <summary>What went wrong; null when the segment is in place.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether it belongs to the line of loads that a cache has now, not to that of an earlier life.</summary>
    public bool IsOf(LoadLine? line) => _line == line;

    /// <summary>What its next run does: finish or read.</summary>
    public void Prepare(bool finish)
    {
        _isFinishing = finish;
        Failure = null;
    }

    /// <summary>Tells the cache what became of the load; nothing of this object may be touched after that.</summary>
    public void Arrive() => _cache.Tell(this, ActorRefs.NoSender);

    /// <inheritdoc/>
    public void Run()
    {
        try
        {
            if (_isFinishing) _loader.Finish(Load);
            else _loader.Read(Load);
        }
        catch (Exception e)
        {
            Failure = e;
        }

        if (_isFinishing) _line.OnFinished(this);
        else _line.OnRead(this);
    }

    /// <summary>The dispatcher's older name for <see cref="Run()"/>.</summary>
    public void Execute() => Run();
}
