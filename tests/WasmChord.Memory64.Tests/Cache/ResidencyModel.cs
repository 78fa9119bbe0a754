namespace WasmChord.Memory64.Tests;

/// <summary>
/// The layer cache once more, as plainly as it can be said: lists, and every number recomputed whenever it is needed.
/// Victims are not chosen here but taken from the policy of the cache under test; the model holds that each was allowed
/// and needed.
/// </summary>
internal sealed class ResidencyModel(SegmentTable table, CacheLimits limits)
{
    internal enum State { Absent, Queued, Loading, Resident }

    internal sealed record Request(RequestId Id, OwnerId Owner, int[] Segments, long Deadline)
    {
        public bool Admitted { get; set; }

        public int Bypasses { get; set; }
    }

    private readonly List<string> _answers = [];
    private readonly List<Request> _requests = [];                    // open, in order of arrival
    private readonly List<Request> _admissions = [];                  // the admitted ones, in order of admission
    private readonly List<(LeaseId Id, Request Request)> _leases = [];
    private readonly List<int> _prefetches = [];                      // unused, in order of issue
    private readonly HashSet<int> _warmed = [];                       // read by the warm list, or being read, and unused
    private readonly HashSet<int> _committed = [];
    private List<int> _warm = [];                                     // what is left of the warm list
    private readonly List<(int Segment, FrameRange Frames)> _freed = [];
    private Queue<int> _victims = new();
    private long _leaseCount;

    public long Budget { get; set; } = limits.BudgetBytes;

    public State[] States { get; } = new State[table.Count];

    public long Hits { get; private set; }

    public long Misses { get; private set; }

    public long Joins { get; private set; }

    public long PrefetchHits { get; private set; }

    public IReadOnlyList<(LeaseId Id, Request Request)> Leases => _leases;

    public IReadOnlyList<Request> Open => _requests;

    public IEnumerable<Request> Waiting => _requests.Where(r => !r.Admitted);

    public long? NextDeadline => _requests.Count == 0 ? null : _requests.Min(r => r.Deadline);

    /// <summary>Frames that are present; growing beyond them is the last resort.</summary>
    public int Present { get; set; } = int.MaxValue;

    private int BudgetFrames => (int)(Budget / table.FrameBytes);

    /// <summary>What the policy has chosen during the operation that is to be replayed.</summary>
    public void ExpectVictims(IEnumerable<int> victims) => _victims = new Queue<int>(victims);

    public void FinishOperation()
    {
        MakeRoom();
        while (Waiting.FirstOrDefault() is { } head && Fits(head)) Admit(head);
        Assert.Empty(_victims);
    }

    public string[] TakeAnswers()
    {
        string[] answers = [.. _answers.Order(StringComparer.Ordinal)];
        _answers.Clear();
        return answers;
    }

    public (int Segment, FrameRange Frames)[] TakeFreed()
    {
        (int, FrameRange)[] freed = [.. _freed];
        _freed.Clear();
        return freed;
    }

    public void Acquire(RequestId id, OwnerId owner, int[] named, long deadline, long now, bool mayWait = true)
    {
        int[] segments = [.. named.Distinct()];
        var request = new Request(id, owner, segments, deadline);
        if (_requests.Any(r => r.Owner == owner) || _leases.Any(l => l.Request.Owner == owner)) Refuse(request, RefusalReason.OwnerHoldsLease);
        else if (FrameSet(segments).Count > BudgetFrames) Refuse(request, RefusalReason.LayerExceedsBudget);
        else
        {
            Request? head = Waiting.FirstOrDefault();
            bool mayOvertake = head is null || (head.Bypasses < limits.MaxBypasses && segments.All(s => States[s] != State.Absent));
            if (mayOvertake && Fits(request))
            {
                if (head is not null) head.Bypasses++;
                _requests.Add(request);
                Admit(request);
            }
            else if (!mayWait) Refuse(request, RefusalReason.WouldWait);
            else if (deadline <= now) Refuse(request, RefusalReason.DeadlineExceeded);
            else if (Waiting.Count() >= limits.MaxWaitingRequests) Refuse(request, RefusalReason.QueueFull);
            else _requests.Add(request);
        }
    }

    public void Release(LeaseId lease) => _leases.RemoveAll(l => l.Id == lease);

    public void Cancel(RequestId id) => Refuse(_requests.Single(r => r.Id == id), RefusalReason.Cancelled);

    public void OwnerGone(OwnerId owner)
    {
        if (_requests.Find(r => r.Owner == owner) is { } open) Refuse(open, RefusalReason.OwnerGone);
    }

    public void Expire(long now)
    {
        foreach (Request request in _requests.Where(r => r.Deadline <= now).ToArray()) Refuse(request, RefusalReason.DeadlineExceeded);
    }

    public void Resize(long budget)
    {
        Budget = budget;
        if (Present != int.MaxValue) Present = Math.Min(Present, BudgetFrames);
        foreach (Request request in Waiting.Where(r => FrameSet(r.Segments).Count > BudgetFrames).ToArray())
            Refuse(request, RefusalReason.BudgetShrunk);
    }

    public void EvictAll()
    {
        while (Enumerable.Range(0, table.Count).Any(IsCandidate) || _prefetches.Any(p => States[p] != State.Loading)) Assert.True(TryEvict());
    }

    /// <returns>The segment's frames that held no memory.</returns>
    public int[] Start(int segment, bool demanded, int inFlight)
    {
        if (States[segment] == State.Absent)
        {
            Assert.Equal(NextWarm(inFlight), segment);
            _warmed.Add(segment);
            States[segment] = State.Queued;
        }
        Assert.Equal(State.Queued, States[segment]);
        Assert.Equal(demanded, IsPinned(segment));
        Assert.True(demanded || !Enumerable.Range(0, table.Count).Any(s => States[s] == State.Queued && IsPinned(s)), "a prefetch went before a demand");
        States[segment] = State.Loading;
        return [.. FrameSet([segment]).Where(_committed.Add).Order()];
    }

    public void Warm(int[] segments) => _warm = [.. segments];

    /// <summary>The warm load that would start now, taken from the list; null where there is none, or other work.</summary>
    public int? NextWarm(int inFlight)
    {
        if (_requests.Count > 0 || inFlight >= 3 || States.Contains(State.Queued)) return null;
        while (_warm.Count > 0)
        {
            int s = _warm[0], frames = Frames(x => Used(x) || x == s);
            if (!Used(s) && frames > Present && frames <= BudgetFrames) return null;
            _warm.RemoveAt(0);
            if (Used(s)) continue;
            if (frames <= BudgetFrames) return s;
            _warm.Clear();
        }
        return null;
    }

    public void Succeed(int segment)
    {
        States[segment] = State.Resident;
        foreach (Request request in _admissions.Where(r => r.Segments.Contains(segment)).ToArray()) GrantIfComplete(request);
    }

    public void Fail(int segment)
    {
        foreach (Request request in _admissions.Where(r => r.Segments.Contains(segment)).ToArray()) Refuse(request, RefusalReason.LayerUnavailable);
        Forget(segment);
    }

    /// <param name="named">What was to be prefetched.</param>
    /// <param name="queued">How many the cache under test took.</param>
    public void Prefetch(int[] named, int queued)
    {
        foreach (int s in named)
        {
            if (Waiting.Any()) break;
            if (States[s] != State.Absent) continue;
            if (_prefetches.Sum(p => table[new SegmentId(p)].ByteLength) + table[new SegmentId(s)].ByteLength > limits.ReadAheadBytes) break;
            States[s] = State.Queued;
            _prefetches.Add(s);
            bool fits = Frames(IsKept) <= BudgetFrames;
            while (fits && Frames(Used) > Math.Min(Present, BudgetFrames))
            {
                fits = _victims.Peek() != NaivePolicy.Declined;
                if (fits) EvictVictim();
                else _victims.Dequeue();
            }
            if (fits) queued--;
            else
            {
                Forget(s);
                break;
            }
        }
        Assert.Equal(0, queued);
    }

    public bool IsPinned(int s) => _leases.Any(l => l.Request.Segments.Contains(s)) || _admissions.Any(r => r.Segments.Contains(s));

    public bool IsHeld(int s) => IsPinned(s) || States[s] == State.Loading;

    public bool IsCandidate(int s) => States[s] == State.Resident && !IsKept(s);

    public bool Used(int s) => States[s] != State.Absent;

    public int Frames(Func<int, bool> member) => FrameSet(Enumerable.Range(0, table.Count).Where(member)).Count;

    private bool IsKept(int s) => IsHeld(s) || _prefetches.Contains(s);

    private HashSet<int> FrameSet(IEnumerable<int> segments) =>
        [.. segments.SelectMany(s => Enumerable.Range(table[new SegmentId(s)].FirstFrame, table[new SegmentId(s)].FrameCount))];

    private bool Fits(Request request) =>
        Frames(s => IsHeld(s) || request.Segments.Contains(s)) <= BudgetFrames && Frames(Used) <= BudgetFrames;

    private void Admit(Request request)
    {
        request.Admitted = true;
        _admissions.Add(request);
        foreach (int s in request.Segments)
        {
            bool prefetched = _prefetches.Remove(s) || _warmed.Remove(s);
            if (States[s] == State.Absent || prefetched) Misses++;
            else if (States[s] == State.Resident) Hits++;
            else Joins++;
            if (prefetched && States[s] != State.Queued) PrefetchHits++;
            if (States[s] == State.Absent) States[s] = State.Queued;
        }
        MakeRoom();
        Assert.True(Frames(Used) <= BudgetFrames);
        GrantIfComplete(request);
    }

    private void MakeRoom()
    {
        while (Frames(Used) > Math.Min(Present, BudgetFrames) && Enumerable.Range(0, table.Count).Any(IsCandidate)) EvictVictim();
        while (Frames(Used) > BudgetFrames && TryEvict()) { }
        Present = Math.Max(Present, Frames(Used));
    }

    /// <summary>Ordinary candidates go first, as the policy chose; then unused prefetches that are not being read, the last first.</summary>
    private bool TryEvict()
    {
        if (Enumerable.Range(0, table.Count).Any(IsCandidate))
        {
            EvictVictim();
            return true;
        }
        int[] takeable = [.. _prefetches.Where(p => States[p] != State.Loading)];
        if (takeable.Length > 0) Forget(takeable[^1]);
        return takeable.Length > 0;
    }

    private void EvictVictim()
    {
        int victim = _victims.Dequeue();
        Assert.True(IsCandidate(victim), $"{victim} was no candidate");
        Forget(victim);
    }

    private void Forget(int segment)
    {
        bool heldMemory = States[segment] is State.Loading or State.Resident;
        States[segment] = State.Absent;
        _prefetches.Remove(segment);
        _warmed.Remove(segment);
        int[] freed = [.. FrameSet([segment]).Where(f => _committed.Contains(f) && !FrameSet(Enumerable.Range(0, table.Count).Where(Used)).Contains(f)).Order()];
        _committed.ExceptWith(freed);
        if (heldMemory && freed.Length == 0) _freed.Add((segment, default));
        for (int i = 0, from = 0; i < freed.Length; i++)
        {
            if (i + 1 < freed.Length && freed[i + 1] == freed[i] + 1) continue;
            _freed.Add((segment, new FrameRange(freed[from], i + 1 - from)));
            from = i + 1;
        }
    }

    private void GrantIfComplete(Request request)
    {
        if (request.Segments.Any(s => States[s] != State.Resident)) return;
        _requests.Remove(request);
        _admissions.Remove(request);
        _leases.Add((new LeaseId(++_leaseCount), request));
        _answers.Add($"{request.Id} granted {_leaseCount}");
    }

    private void Refuse(Request request, RefusalReason reason)
    {
        _answers.Add($"{request.Id} {reason}");
        _requests.Remove(request);
        if (!_admissions.Remove(request)) return;
        foreach (int s in request.Segments)
        {
            if (States[s] == State.Queued && !IsPinned(s)) Forget(s);
        }
    }
}
