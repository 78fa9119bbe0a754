using Akka.Actor;
using Akka.Event;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// Owns the memory of one model's image: commits and evicts for the layer cache. Each start is a new generation; when it
/// ends, for whatever reason, the generation is retired: its memory goes back, but for what leases and loads still hold.
/// </summary>
internal sealed class Memory64Region : ReceiveActor
{
    private readonly ModelServices _services;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ImageGeneration _generation;
    private readonly IImageMemory _image;
    private IActorRef _cache = ActorRefs.Nobody;
    private long _limitBytes = long.MaxValue;
    private int _isReportDue;
    private bool _isPopulated;

    public Memory64Region(ModelServices services)
    {
        _services = services;
        SegmentTable table = services.Layout.Segments;
        IImageMemory image = _image = CreateImage(services);
        services.SetImage(image);
        _generation = new ImageGeneration(services.NextGeneration(), image, table);
        _log.Debug("Region generation {0} of {1}: {2} region(s), frames of {3} bytes",
            _generation.Number, services.Path, services.Layout.Regions.Count, table.FrameBytes);

        Receive<RegionProtocol.Evict>(m =>
        {
            if (m.Generation == _generation.Number)
            {
                Observe();
                image.Evict(m.Segment, m.Frames);
                if (image.HeldBytes > _limitBytes) image.Trim(_limitBytes);
            }

            m.Spares?.Enqueue(m);
        });
        Receive<RegionProtocol.Commit>(Commit);
        Receive<RegionProtocol.LimitMemory>(m =>
        {
            if (m.Generation != _generation.Number) return;
            _limitBytes = m.Bytes;
            _cache = Sender;
            Observe();
            if (image is MappedImage mapped) mapped.Limit(_limitBytes);
            else image.Trim(_limitBytes);
            ReportPopulated();
        });
        Receive<ReportPresent>(_ =>
        {
            Volatile.Write(ref _isReportDue, 0);
            Observe();
            if (image is MappedImage mapped) _cache.Tell(new RegionProtocol.MemoryPresent(_generation.Number, mapped.PresentBytes));
            ReportPopulated();
        });
        Receive<RegionProtocol.ReportSettled>(m =>
        {
            if (m.Generation != _generation.Number) return;
            System.Diagnostics.Debug.Assert(image.HeldBytes <= Math.Max(m.Bytes, services.Layout.Segments.FrameBytes), $"the region holds {image.HeldBytes} bytes, the cache reports {m.Bytes}");
            Observe();
            Context.Parent.Tell(new RegionProtocol.BudgetSettled(m.Decision, m.Bytes));
        });
        Receive<RegionProtocol.GetGeneration>(_ => Sender.Tell(new RegionProtocol.GenerationStarted(_generation)));
        Receive<RegionProtocol.GetMappings>(_ => Sender.Tell(new RegionProtocol.Mappings(_generation.Number, (image as MappedImage)?.Regions ?? [])));
        Receive<RegionProtocol.GetStatus>(_ => Sender.Tell(new RegionProtocol.RegionStatus(
            _generation.Number, services.Layout.Regions, image.HeldBytes, (image as MappedImage)?.RecycledFrames ?? 0)));
    }

    public static Props Props(ModelServices services) =>
        Akka.Actor.Props.Create(() => new Memory64Region(services)).WithDispatcher(WasmChordSettings.DispatcherPath);

    protected override void PostStop()
    {
        Observe();
        _services.SetImage(null);
        _services.Retire(_generation);
        base.PostStop();
    }

    private IImageMemory CreateImage(ModelServices services)
    {
        if (!MappedImage.IsSupported) return new SlotImage(services.Layout);
        IActorRef self = Self;
        long ahead = services.Settings.Populate switch
        {
            PopulateMode.Off => 0,
            PopulateMode.Ahead => services.ReadAheadBytes,
            _ => services.Memory.CacheBytes,
        };
        return new MappedImage(services.Layout, ahead, () =>
        {
            // One message on its way is enough: it is answered with what is there by then.
            if (Interlocked.Exchange(ref _isReportDue, 1) == 0) self.Tell(ReportPresent.Instance);
        });
    }

    private void ReportPopulated()
    {
        if (_isPopulated || (_image is MappedImage mapped && !mapped.IsPopulated)) return;
        _isPopulated = true;
        Context.Parent.Tell(new RegionProtocol.MemoryPopulated(_generation.Number));
    }

    private void Commit(RegionProtocol.Commit m)
    {
        if (m.Generation != _generation.Number)
        {
            Sender.Tell(new RegionProtocol.GenerationStarted(_generation));
            return;
        }

        bool populate = !_image.Commit(m.Segment, m.Ticket.NewFrames);
        Observe();
        Sender.Tell(m.Step is { Answer: { } again } ? Renewed(again, m, populate) : Created(m, populate));
    }

    // Memory grows by a commit, and by populating ahead, which this actor hears of late: so it looks before it shrinks, too.
    private void Observe() => _services.Memory.Observe(_services.HeldImageBytes);

    // Only this actor retires the generation, so no hold can be refused while it runs.
    private RegionProtocol.Committed Created(RegionProtocol.Commit m, bool populate)
    {
        ImageHold hold = _generation.TryHold([m.Segment]) ?? throw Ended();
        RegionProtocol.Committed answer = new(new SegmentLoad(m.Ticket, m.Segment, _generation, hold, populate)) { Step = m.Step };
        if (m.Step is { } step) step.Answer = answer;
        return answer;
    }

    private RegionProtocol.Committed Renewed(RegionProtocol.Committed answer, RegionProtocol.Commit m, bool populate) =>
        answer.Load.TryRenew(m.Ticket, m.Segment, populate) ? answer : throw Ended();

    private InvalidOperationException Ended() => new($"generation {_generation.Number} has ended");

    private sealed record ReportPresent : INoSerializationVerificationNeeded
    {
        public static ReportPresent Instance { get; } = new();
    }
}
