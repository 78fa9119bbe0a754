using Akka.Actor;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>What the layer cache says to the region, and what anyone may ask it.</summary>
public static class RegionProtocol
{
    /// <summary>Something to be done.</summary>
    public interface ICommand : INoSerializationVerificationNeeded;

    /// <summary>Something to be told.</summary>
    public interface IQuery : INoSerializationVerificationNeeded;

    /// <summary>An answer.</summary>
    public interface IEvent : INoSerializationVerificationNeeded;

    /// <summary>The cache asks which generation it works on; answered by <see cref="GenerationStarted"/>.</summary>
    public sealed record GetGeneration : IQuery;

    /// <summary>Anyone asks for <see cref="RegionStatus"/>.</summary>
    public sealed record GetStatus : IQuery;

    /// <summary>Who shows the image to guests asks for <see cref="Mappings"/>.</summary>
    public sealed record GetMappings : IQuery;

    /// <summary>Where the image lies in this process.</summary>
    /// <param name="Generation">The generation that is alive.</param>
    /// <param name="Regions">One mapping a region; empty where the platform has none.</param>
    public sealed record Mappings(long Generation, IReadOnlyList<RegionMapping> Regions) : IEvent;

    /// <summary>The region answers the cache.</summary>
    /// <param name="Generation">The generation that is alive.</param>
    public sealed record GenerationStarted(ImageGeneration Generation) : IEvent;

    /// <summary>The cache says that a segment has left; not answered.</summary>
    /// <param name="Generation">The generation it is meant for; another ignores it.</param>
    /// <param name="Segment">The segment.</param>
    /// <param name="Frames">The frames that nothing uses any more.</param>
    public sealed record Evict(long Generation, Segment Segment, FrameRange Frames) : ICommand;

    /// <summary>The cache orders memory for a load; answered by <see cref="Committed"/>.</summary>
    /// <param name="Generation">The generation it is meant for; another ignores it.</param>
    /// <param name="Ticket">The load.</param>
    /// <param name="Segment">Its segment.</param>
    public sealed record Commit(long Generation, LoadTicket Ticket, Segment Segment) : ICommand;

    /// <summary>The cache says how much memory the region may hold at most; not answered.</summary>
    /// <param name="Generation">The generation it is meant for; another ignores it.</param>
    /// <param name="Bytes">Bytes of frames.</param>
    public sealed record LimitMemory(long Generation, long Bytes) : ICommand;

    /// <summary>
    /// The cache fills no more than it may, and has told the region so: the region, which has carried that out when it
    /// reads this, tells the model's actor <see cref="BudgetSettled"/>.
    /// </summary>
    /// <param name="Generation">The generation it is meant for; another ignores it.</param>
    /// <param name="Decision">Which target of the cache's was reached.</param>
    /// <param name="Bytes">The target.</param>
    public sealed record ReportSettled(long Generation, long Decision, long Bytes) : ICommand;

    /// <summary>The region tells the model's actor that weights take no more than this from now on.</summary>
    /// <param name="Decision">Which target of the cache's was reached.</param>
    /// <param name="Bytes">The target.</param>
    public sealed record BudgetSettled(long Decision, long Bytes) : IEvent;

    /// <summary>The region tells the cache how much memory is there to be filled, as it is being populated.</summary>
    /// <param name="Generation">Its generation; a cache of another ignores it.</param>
    /// <param name="Bytes">Bytes of frames that were touched before; <see cref="long.MaxValue"/> when no more will be populated ahead.</param>
    public sealed record MemoryPresent(long Generation, long Bytes) : IEvent;

    /// <summary>The region tells the model's actor that all memory that weights may take has been touched.</summary>
    /// <param name="Generation">Its generation.</param>
    public sealed record MemoryPopulated(long Generation) : IEvent;

    /// <summary>The region says that the memory for a load is there.</summary>
    /// <param name="Load">The load, ready to be read; the receiver disposes it.</param>
    public sealed record Committed(SegmentLoad Load) : IEvent;

    /// <summary>What the region holds.</summary>
    /// <param name="Generation">Its generation.</param>
    /// <param name="Regions">Its linear memories.</param>
    /// <param name="HeldBytes">Bytes of memory: committed frames and those kept for recycling.</param>
    /// <param name="RecycledFrames">Frames that were moved to a new place rather than returned and faulted again.</param>
    public sealed record RegionStatus(long Generation, IReadOnlyList<RegionPlan> Regions, long HeldBytes, long RecycledFrames) : IEvent;
}
