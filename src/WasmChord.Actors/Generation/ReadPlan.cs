using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// How the segments of one wave are leased: the whole order at once where it fits, else group after group, small enough
/// that one can be read while another is used, down to single segments that are leased one at a time.
/// </summary>
internal sealed class ReadPlan
{
    /// <summary>A group is at most this part of the cache: one in use and one on its way leave most of it to what stays.</summary>
    private const int GroupShare = 16;

    /// <summary>Leasing ahead needs room for a group in use, one on its way, experts, and one segment being read ahead.</summary>
    private const int GroupsForAhead = 4;

    /// <summary>A group larger than this only takes room: one answer of the cache a group costs little against reading it.</summary>
    private const long MostGroupBytes = 32L << 20;

    private readonly int[] _starts; // (group) → position of its first segment; then the end of the order
    private readonly IReadOnlyList<SegmentId>[] _groups;
    private readonly int[] _groupOf; // (position) → group

    private ReadPlan(SegmentId[] order, int[] starts, long cacheBytes)
    {
        _starts = starts;
        _groupOf = new int[order.Length];
        _groups = new IReadOnlyList<SegmentId>[Count];
        for (int group = 0; group < Count; group++)
        {
            _groupOf.AsSpan(starts[group]..starts[group + 1]).Fill(group);
            _groups[group] = new ArraySegment<SegmentId>(order, starts[group], starts[group + 1] - starts[group]);
        }

        CacheBytes = cacheBytes;
    }

    /// <summary>Number of groups.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>The bytes of cache that it was made for.</summary>
    public long CacheBytes { get; }

    /// <summary>Whether the next group is asked for while one is in use.</summary>
    public bool LeasesAhead { get; private init; }

    /// <summary>Whether one group is the whole order.</summary>
    public bool IsWhole { get; private init; }

    /// <summary>Whether the whole order fits, if only group after group while it is read for the first time.</summary>
    public bool CouldBeWhole { get; private init; }

    /// <summary>Whether the lease may be kept from wave to wave: the whole image fits, so nobody waits for its memory.</summary>
    public bool MayStay { get; private init; }

    /// <summary>Most bytes of one group.</summary>
    public long GroupBytes { get; private init; }

    /// <summary>Frames of the largest segment, experts included, in bytes: what one more to be read ahead may take.</summary>
    public long UnitBytes { get; private init; }

    /// <summary>Makes a plan.</summary>
    /// <param name="table">The segments.</param>
    /// <param name="order">What a wave uses, in order, each once.</param>
    /// <param name="cacheBytes">What the cache may fill.</param>
    /// <param name="isWarm">Whether what fits is resident already: then nothing is won by groups.</param>
    public static ReadPlan Create(SegmentTable table, SegmentId[] order, long cacheBytes, bool isWarm)
    {
        long budget = cacheBytes / table.FrameBytes * table.FrameBytes;
        HashSet<SegmentId> named = [.. order];
        Segment[] segments = [.. order.Select(id => table[id])];
        long largest = segments.Select(s => s.FrameCount * table.FrameBytes).DefaultIfEmpty().Max();
        long largestExpert = 0;
        foreach (Segment s in table.Segments)
            if (s.Layer.IsBlock && !named.Contains(s.Id)) largestExpert = Math.Max(largestExpert, s.FrameCount * table.FrameBytes);

        long wholeBytes = table.FramesOf([.. segments.OrderBy(s => s.Id.Value)]) * table.FrameBytes;
        bool fits = order.Length > 0 && wholeBytes + GroupsForAhead * largestExpert <= budget;
        if (fits && isWarm)
        {
            return new ReadPlan(order, [0, order.Length], cacheBytes)
            {
                IsWhole = true,
                CouldBeWhole = true,
                MayStay = table.FramesOf(table.Segments) * table.FrameBytes <= budget,
                GroupBytes = GroupsForAhead * largestExpert,
                UnitBytes = Math.Max(largest, largestExpert),
            };
        }

        long unit = Math.Max(largest, largestExpert);
        bool ahead = GroupsForAhead * unit <= budget;
        long groupBytes = ahead ? Math.Max(unit, Math.Min(budget / GroupShare, MostGroupBytes)) : 0;
        List<int> starts = [0];
        long bytes = 0;
        for (int i = 0; i < segments.Length; i++)
        {
            long own = segments[i].FrameCount * table.FrameBytes;
            if (i > 0 && bytes + own > groupBytes)
            {
                starts.Add(i);
                bytes = 0;
            }

            bytes += own;
        }

        if (order.Length > 0) starts.Add(order.Length);
        return new ReadPlan(order, [.. starts], cacheBytes) { LeasesAhead = ahead, CouldBeWhole = fits, GroupBytes = groupBytes, UnitBytes = unit };
    }

    /// <summary>The segments of one group, in order.</summary>
    public IReadOnlyList<SegmentId> Group(int group) => _groups[group];

    /// <summary>The group that holds a position of the order.</summary>
    public int GroupAt(int position) => _groupOf[position];

    /// <summary>The position behind a group.</summary>
    public int EndOf(int group) => _starts[group + 1];
}
