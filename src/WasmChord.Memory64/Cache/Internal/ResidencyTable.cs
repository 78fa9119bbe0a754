namespace WasmChord.Memory64;

/// <summary>
/// State, pins and prefetch mark of every segment, and the sets that follow from them. Whoever changes a segment calls
/// <see cref="Refresh"/>, which brings the frame ledger and the policy's candidates in line; nothing else touches those.
/// </summary>
internal sealed class ResidencyTable(SegmentTable table, IEvictionPolicy policy)
{
    private readonly SegmentRoles[] _roles = new SegmentRoles[table.Count];

    public SegmentState[] State { get; } = new SegmentState[table.Count];

    /// <summary>Admitted requests and leases that hold the segment.</summary>
    public int[] Pins { get; } = new int[table.Count];

    /// <summary>True from a segment's prefetch until its first use.</summary>
    public bool[] Prefetched { get; } = new bool[table.Count];

    /// <summary>Number of the segment's latest load.</summary>
    public long[] Epoch { get; } = new long[table.Count];

    public FrameLedger Frames { get; } = new(table);

    public int PinnedSegments { get; private set; }

    public int ResidentSegments { get; private set; }

    public SegmentRoles RolesOf(SegmentId segment) => _roles[segment.Value];

    /// <summary>Counts the segment's frames as held before it is; undone by <see cref="Refresh"/> if it never is.</summary>
    public void HoldAhead(SegmentId segment)
    {
        if ((_roles[segment.Value] & SegmentRoles.Held) != 0) return;
        _roles[segment.Value] |= SegmentRoles.Held;
        Frames.Held.Add(segment);
    }

    /// <summary>Brings the sets in line with the segment's state.</summary>
    public void Refresh(SegmentId segment)
    {
        int s = segment.Value;
        SegmentRoles roles = Derive(State[s], Pins[s], Prefetched[s]), changed = roles ^ _roles[s];
        if (changed == 0) return;
        _roles[s] = roles;
        Count(Frames.Used, segment, changed & SegmentRoles.Used, roles);
        Count(Frames.Kept, segment, changed & SegmentRoles.Kept, roles);
        Count(Frames.Held, segment, changed & SegmentRoles.Held, roles);
        Count(Frames.Resident, segment, changed & SegmentRoles.Resident, roles);
        if ((changed & SegmentRoles.Resident) != 0) ResidentSegments += (roles & SegmentRoles.Resident) != 0 ? 1 : -1;
        if ((changed & SegmentRoles.Pinned) != 0) PinnedSegments += (roles & SegmentRoles.Pinned) != 0 ? 1 : -1;
        if ((changed & SegmentRoles.Candidate) == 0) return;
        if ((roles & SegmentRoles.Candidate) != 0) policy.AddCandidate(segment);
        else policy.RemoveCandidate(segment);
    }

    /// <summary>A candidate becomes one anew, as if it had just been used; nothing happens to what is none.</summary>
    public void Requeue(SegmentId segment)
    {
        if ((_roles[segment.Value] & SegmentRoles.Candidate) == 0) return;
        policy.RemoveCandidate(segment);
        policy.AddCandidate(segment);
    }

    /// <summary>The sets of a segment in the given state.</summary>
    public static SegmentRoles Derive(SegmentState state, int pins, bool prefetched)
    {
        if (state == SegmentState.Absent) return SegmentRoles.None;
        SegmentRoles roles = SegmentRoles.Used;
        if (state == SegmentState.Resident) roles |= SegmentRoles.Resident;
        if (pins > 0) roles |= SegmentRoles.Pinned;
        if (pins > 0 || state == SegmentState.Loading) return roles | SegmentRoles.Held | SegmentRoles.Kept;
        if (prefetched) return roles | SegmentRoles.Kept;
        return state == SegmentState.Resident ? roles | SegmentRoles.Candidate : roles;
    }

    private static void Count(FrameCounter counter, SegmentId segment, SegmentRoles changed, SegmentRoles roles)
    {
        if (changed == 0) return;
        if ((changed & roles) != 0) counter.Add(segment);
        else counter.Remove(segment);
    }
}
