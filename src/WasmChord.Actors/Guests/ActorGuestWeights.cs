using System.Diagnostics;
using Akka.Actor;
using WasmChord.Gguf;
using WasmChord.Memory64;
using static WasmChord.Actors.LayerCacheProtocol;

namespace WasmChord.Actors;

/// <summary>
/// The weights of an open model for one guest, whose thread may block: leases from the layer cache, each held by an actor
/// of its own, so that they are taken back when the guest's actor ends. A guest that goes through the layers in order
/// has the next one read ahead.
/// </summary>
internal sealed class ActorGuestWeights : IGuestWeights
{
    private static readonly TimeSpan s_statisticsTimeout = TimeSpan.FromSeconds(1);

    // The cache answers by the deadline that it was given, also one of no time at all; its answer needs a moment.
    private static readonly TimeSpan s_answerTime = TimeSpan.FromMilliseconds(250);

    private readonly ActorSystem _system;
    private readonly ModelServices _services;
    private readonly IActorRef _cache;
    private readonly IReadOnlyList<IActorRef> _holders;
    private readonly Lazy<IReadOnlyList<RegionMapping>> _regions;
    private readonly LeaseSlot[] _slots;
    private readonly LayerLease?[] _leases;
    private LayerId? _last;

    /// <summary>Creates it.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="services">The model.</param>
    /// <param name="image">Its image as guests see it.</param>
    /// <param name="cache">Its layer cache.</param>
    /// <param name="region">Its region, which is asked for its mappings when the guest is linked: it may have restarted since the guest was queued.</param>
    /// <param name="regions">The mappings of the generation that was alive then, should there be no answer.</param>
    /// <param name="holders">Actors that hold its leases, one each.</param>
    public ActorGuestWeights(
        ActorSystem system, ModelServices services, GuestImage image, IActorRef cache, IActorRef region, IReadOnlyList<RegionMapping> regions, IReadOnlyList<IActorRef> holders)
    {
        _system = system;
        _services = services;
        _cache = cache;
        _holders = holders;
        Image = image;
        _regions = new Lazy<IReadOnlyList<RegionMapping>>(() => MappingsNow(region) ?? regions);
        _slots = [.. holders.Select(holder => new LeaseSlot(system, cache, holder))];
        _leases = new LayerLease?[_slots.Length];
    }

    /// <inheritdoc/>
    public GgufMetadata Metadata => _services.Model.Metadata;

    /// <inheritdoc/>
    public GuestImage Image { get; }

    /// <inheritdoc/>
    public IReadOnlyList<RegionMapping> Regions => _regions.Value;

    /// <inheritdoc/>
    public TimeSpan DefaultTimeout => _services.Settings.AcquireTimeout;

    /// <inheritdoc/>
    public GuestAcquisition Acquire(IReadOnlyList<SegmentId> segments, TimeSpan timeout, bool mayWait, CancellationToken stop)
    {
        int index = FreeSlot();
        LeaseSlot slot = _slots[index];
        if (!slot.TryAsk(segments, timeout, mayWait)) return new GuestAcquisition(null, RefusalReason.DeadlineExceeded, $"no answer within {timeout}");
        ReadAhead(segments);
        using CancellationTokenRegistration wake = stop.UnsafeRegister(static s => ((LeaseSlot)s!).Wake(), slot);
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            TimeSpan left = timeout + s_answerTime - Stopwatch.GetElapsedTime(start);
            if (stop.IsCancellationRequested || left <= TimeSpan.Zero)
            {
                // The answer may have come at the last moment.
                if (slot.TryWait(TimeSpan.Zero, out LayerLease? late, out LayerRefused? why)) return Answer(index, late, why);
                slot.Return();
                return new GuestAcquisition(null, stop.IsCancellationRequested ? RefusalReason.Cancelled : RefusalReason.DeadlineExceeded, $"no answer within {timeout}");
            }

            if (slot.TryWait(left, out LayerLease? lease, out LayerRefused? refusal, stop)) return Answer(index, lease, refusal);
        }
    }

    /// <inheritdoc/>
    public CacheStatistics? GetStatistics()
    {
        using ThreadReply reply = new(_system, _holders[0].Path / "statistics");
        _cache.Tell(new GetStatistics(), reply);
        return reply.TryWait(s_statisticsTimeout, out object? answer) ? (answer as Statistics)?.Cache : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (LeaseSlot slot in _slots) slot.Dispose();
    }

    private IReadOnlyList<RegionMapping>? MappingsNow(IActorRef region)
    {
        using ThreadReply reply = new(_system, _holders[0].Path / "mappings");
        region.Tell(new RegionProtocol.GetMappings(), reply);
        return reply.TryWait(s_statisticsTimeout, out object? answer) ? (answer as RegionProtocol.Mappings)?.Regions : null;
    }

    private GuestAcquisition Answer(int index, LayerLease? lease, LayerRefused? refusal)
    {
        if (lease is null) return new GuestAcquisition(null, refusal!.Reason, refusal.Text);
        _leases[index] = lease;
        return new GuestAcquisition(lease, RefusalReason.None, "");
    }

    // A slot whose lease was returned serves again; there are as many as a guest may hold, and one to copy through.
    private int FreeSlot()
    {
        for (int i = 0; i < _slots.Length; i++)
        {
            if (_leases[i] is { IsEnded: true })
            {
                _slots[i].Return();
                _leases[i] = null;
            }

            if (_leases[i] is null) return i;
        }

        throw new InvalidOperationException($"all {_slots.Length} leases of a guest are out");
    }

    private void ReadAhead(IReadOnlyList<SegmentId> segments)
    {
        LayerId layer = _services.Layout.Segments[segments[0]].Layer;
        if (layer == _last) return;
        IReadOnlyList<LayerId> order = _services.Layout.Segments.Layers;
        int place = IndexOf(order, layer);
        bool goesOn = _last is { } last && place > 0 && order[place - 1] == last;
        _last = layer;
        if (goesOn && place + 1 < order.Count) _cache.Tell(new Prefetch([order[place + 1]]));
    }

    private static int IndexOf(IReadOnlyList<LayerId> order, LayerId layer)
    {
        for (int i = 0; i < order.Count; i++)
            if (order[i] == layer) return i;
        return -1;
    }
}
