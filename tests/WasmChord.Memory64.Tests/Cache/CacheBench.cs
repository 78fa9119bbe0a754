using WasmChord.Gguf;

namespace WasmChord.Memory64.Tests;

/// <summary>A cache over a self-made table, with a shell that drains effects and starts loads as a real one must.</summary>
internal sealed class CacheBench
{
    private long _requests;
    private long _owners;

    public CacheBench(SegmentTable table, long budgetFrames, EvictionPolicyKind policy = EvictionPolicyKind.Lru,
        int maxWaiting = 8, long readAheadFrames = 4, int maxBypasses = 2, SegmentUses? uses = null)
    {
        Table = table;
        Cache = new LayerCache(table,
            new CacheLimits(budgetFrames * table.FrameBytes, maxWaiting, readAheadFrames * table.FrameBytes, maxBypasses),
            EvictionPolicy.Create(policy, table), uses);
    }

    public SegmentTable Table { get; }

    public LayerCache Cache { get; }

    public List<CacheEffect> Effects { get; } = [];

    public List<LoadTicket> InFlight { get; } = [];

    /// <summary><paramref name="layers"/> layers of segments of one frame each, nothing shared.</summary>
    public static SegmentTable Plain(int layers, int segmentsPerLayer = 1)
    {
        List<Segment> segments = [];
        for (int i = 0; i < layers * segmentsPerLayer; i++)
            segments.Add(Make(i, i / segmentsPerLayer, i * 4096L, 4096, i, 1));
        return new SegmentTable(segments, 4096, segments.Count);
    }

    /// <summary>Segments of the given lengths, packed without gaps into frames of 4,096 bytes, in layers of a few.</summary>
    public static SegmentTable Packed(IReadOnlyList<int> lengths, int segmentsPerLayer)
    {
        List<Segment> segments = [];
        long at = 0;
        for (int i = 0; i < lengths.Count; at += lengths[i++])
        {
            int first = (int)(at / 4096), last = (int)((at + lengths[i] - 1) / 4096);
            segments.Add(Make(i, i / segmentsPerLayer, at, lengths[i], first, last - first + 1));
        }
        return new SegmentTable(segments, 4096, (int)((at + 4095) / 4096));
    }

    public static SegmentId[] Ids(params int[] values) => [.. values.Select(v => new SegmentId(v))];

    public RequestId Ask(params int[] segments) => Ask(new OwnerId(++_owners), long.MaxValue, segments);

    public RequestId Ask(OwnerId owner, long deadline, params int[] segments) => Ask(owner, deadline, true, segments);

    public RequestId Ask(OwnerId owner, long deadline, bool mayWait, params int[] segments)
    {
        var request = new RequestId(++_requests);
        Cache.Acquire(request, owner, Ids(segments), deadline, 0, mayWait);
        Drain();
        return request;
    }

    /// <summary>Asks, carries out every load, and returns the lease.</summary>
    public LeaseId Lease(params int[] segments)
    {
        RequestId request = Ask(segments);
        LoadAll();
        return LeaseOf(request);
    }

    public void Use(params int[] segments) => Release(Lease(segments));

    public void Release(LeaseId lease)
    {
        Assert.True(Cache.Release(lease));
        Drain();
    }

    public LoadTicket Start()
    {
        Drain();
        Assert.True(Cache.TryStartLoad(out LoadTicket ticket));
        InFlight.Add(ticket);
        return ticket;
    }

    public void Finish(LoadTicket ticket)
    {
        InFlight.Remove(ticket);
        Assert.True(Cache.LoadSucceeded(ticket, Table[ticket.Segment].ByteLength));
        Drain();
    }

    public void Fail(LoadTicket ticket, string why)
    {
        InFlight.Remove(ticket);
        Assert.True(Cache.LoadFailed(ticket, why));
        Drain();
    }

    public void LoadAll()
    {
        for (Drain(); Cache.TryStartLoad(out LoadTicket ticket); Drain())
        {
            Assert.True(Cache.LoadSucceeded(ticket, Table[ticket.Segment].ByteLength));
        }
        foreach (LoadTicket ticket in InFlight.ToArray()) Finish(ticket);
    }

    public void Drain()
    {
        while (Cache.TryDequeue(out CacheEffect effect)) Effects.Add(effect);
    }

    public CacheEffect AnswerTo(RequestId request) =>
        Assert.Single(Effects, e => e.Kind != CacheEffectKind.FramesFreed && e.Request == request);

    public bool IsAnswered(RequestId request) =>
        Effects.Any(e => e.Kind != CacheEffectKind.FramesFreed && e.Request == request);

    public LeaseId LeaseOf(RequestId request)
    {
        CacheEffect answer = AnswerTo(request);
        Assert.Equal(CacheEffectKind.Granted, answer.Kind);
        return answer.Lease;
    }

    public RefusalReason RefusalOf(RequestId request)
    {
        CacheEffect answer = AnswerTo(request);
        Assert.Equal(CacheEffectKind.Refused, answer.Kind);
        Assert.NotEmpty(answer.Text);
        return answer.Reason;
    }

    public int[] Resident() => [.. Enumerable.Range(0, Table.Count).Where(i => Cache.IsResident(new SegmentId(i)))];

    private static Segment Make(int id, int layer, long address, int bytes, int firstFrame, int frames) =>
        new(new SegmentId(id), LayerId.Block(layer), id, 0, 0, address, bytes, 0, address, bytes, firstFrame, frames);
}
