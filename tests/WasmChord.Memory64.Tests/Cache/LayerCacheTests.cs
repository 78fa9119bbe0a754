namespace WasmChord.Memory64.Tests;

public class LayerCacheTests
{
    [Fact]
    public void Acquire_Miss_IsGrantedWhenLastSegmentArrives()
    {
        var bench = new CacheBench(CacheBench.Plain(2, 2), 4);
        RequestId request = bench.Ask(0, 1);
        LoadTicket first = bench.Start(), second = bench.Start();
        Assert.Equal(new FrameRange(0, 1), first.NewFrames);
        bench.Finish(second);
        Assert.False(bench.IsAnswered(request));
        bench.Finish(first);
        LeaseId lease = bench.LeaseOf(request);
        Assert.Equal(CacheBench.Ids(0, 1), bench.Cache.SegmentsOf(lease).ToArray());
        CacheStatistics s = bench.Cache.Snapshot();
        Assert.Equal((2, 0, 2, 1), (s.Misses, s.Hits, s.PinnedSegments, s.Leases));
        Assert.Equal(8192, s.BytesRead);
    }

    [Fact]
    public void Acquire_Resident_IsGrantedAtOnceAsHit()
    {
        var bench = new CacheBench(CacheBench.Plain(2), 2);
        bench.Use(0);
        RequestId request = bench.Ask(0);
        bench.LeaseOf(request);
        Assert.Equal(1, bench.Cache.Snapshot().Hits);
    }

    [Fact]
    public void Acquire_LoadInFlight_JoinsIt()
    {
        var bench = new CacheBench(CacheBench.Plain(2), 2);
        RequestId first = bench.Ask(0), second = bench.Ask(0);
        LoadTicket ticket = bench.Start();
        RequestId third = bench.Ask(0);
        Assert.False(bench.Cache.TryStartLoad(out _));
        bench.Finish(ticket);
        bench.LeaseOf(first);
        bench.LeaseOf(second);
        bench.LeaseOf(third);
        CacheStatistics s = bench.Cache.Snapshot();
        Assert.Equal((1, 2, 0), (s.Misses, s.Joins, s.Hits));
    }

    [Fact]
    public void Acquire_Full_EvictsLeastRecentAndFreesItsFrameFirst()
    {
        var bench = new CacheBench(CacheBench.Plain(3), 2);
        bench.Use(0);
        bench.Use(1);
        bench.Use(0);
        bench.Ask(2);
        CacheEffect freed = bench.Effects[^1];
        Assert.Equal((CacheEffectKind.FramesFreed, 1, new FrameRange(1, 1)), (freed.Kind, freed.Segment.Value, freed.Frames));
        Assert.Equal([0], bench.Resident());
    }

    [Fact]
    public void Acquire_NoVictim_WaitsHoldingNothingUntilLeaseReturns()
    {
        var bench = new CacheBench(CacheBench.Plain(3), 2);
        LeaseId a = bench.Lease(0);
        bench.Lease(1);
        RequestId waiting = bench.Ask(2);
        CacheStatistics s = bench.Cache.Snapshot();
        Assert.Equal((1, 2, 1), (s.WaitingRequests, s.PinnedSegments, s.Waits));
        Assert.False(bench.Cache.TryStartLoad(out _));
        bench.Release(a);
        bench.LoadAll();
        bench.LeaseOf(waiting);
        Assert.Equal([1, 2], bench.Resident());
    }

    [Fact]
    public void Acquire_ThatMayNotWait_IsServedOrRefusedAtOnceAndNeverQueued()
    {
        var bench = new CacheBench(CacheBench.Plain(4), 2);
        LeaseId a = bench.Lease(0);
        RequestId free = bench.Ask(new OwnerId(50), long.MaxValue, mayWait: false, 1); // its load is waited for, memory is not
        Assert.False(bench.IsAnswered(free));
        bench.LoadAll();
        bench.LeaseOf(free);
        RequestId refused = bench.Ask(new OwnerId(51), long.MaxValue, mayWait: false, 2);
        Assert.Equal(RefusalReason.WouldWait, bench.RefusalOf(refused));
        Assert.Contains("8192", bench.AnswerTo(refused).Text, StringComparison.Ordinal);
        Assert.Equal((0, 2), (bench.Cache.Snapshot().WaitingRequests, bench.Cache.Snapshot().PinnedSegments));
        bench.LeaseOf(bench.Ask(new OwnerId(52), long.MaxValue, mayWait: false, 0)); // resident
        RequestId waiting = bench.Ask(3);
        Assert.Equal(RefusalReason.WouldWait, bench.RefusalOf(bench.Ask(new OwnerId(53), long.MaxValue, mayWait: false, 2)));
        Assert.Equal(RefusalReason.LayerExceedsBudget, bench.RefusalOf(bench.Ask(new OwnerId(54), long.MaxValue, mayWait: false, 0, 1, 2)));
        Assert.False(bench.IsAnswered(waiting));
        bench.Release(a);
        bench.Release(bench.LeaseOf(free));
        bench.LoadAll();
        bench.LeaseOf(waiting);
    }

    [Fact]
    public void Acquire_LargerThanBudget_IsRefusedWithNumbers()
    {
        var bench = new CacheBench(CacheBench.Plain(1, 3), 2);
        RequestId request = bench.Ask(0, 1, 2);
        Assert.Equal(RefusalReason.LayerExceedsBudget, bench.RefusalOf(request));
        Assert.Contains("12288", bench.AnswerTo(request).Text, StringComparison.Ordinal);
        Assert.Contains("8192", bench.AnswerTo(request).Text, StringComparison.Ordinal);
        bench.Lease(0, 1);
    }

    [Fact]
    public void Acquire_SecondWhileHoldingLease_IsRefused()
    {
        var bench = new CacheBench(CacheBench.Plain(2), 2);
        var owner = new OwnerId(77);
        RequestId first = bench.Ask(owner, 10, 0);
        RequestId tooEarly = bench.Ask(owner, 10, 1);
        bench.LoadAll();
        RequestId stillHeld = bench.Ask(owner, 10, 0);
        Assert.Equal(RefusalReason.OwnerHoldsLease, bench.RefusalOf(tooEarly));
        Assert.Equal(RefusalReason.OwnerHoldsLease, bench.RefusalOf(stillHeld));
        bench.Release(bench.LeaseOf(first));
        bench.LeaseOf(bench.Ask(owner, 10, 0));
    }

    [Fact]
    public void Acquire_UnknownOrNoSegment_IsRefused()
    {
        var bench = new CacheBench(CacheBench.Plain(2), 2);
        Assert.Equal(RefusalReason.UnknownSegment, bench.RefusalOf(bench.Ask(0, 2)));
        Assert.Equal(RefusalReason.UnknownSegment, bench.RefusalOf(bench.Ask(-1)));
        Assert.Equal(RefusalReason.UnknownSegment, bench.RefusalOf(bench.Ask()));
        Assert.Equal(0, bench.Cache.UsedBytes);
    }

    [Fact]
    public void Acquire_SegmentNamedTwice_IsPinnedOnce()
    {
        var bench = new CacheBench(CacheBench.Plain(1), 1);
        bench.Release(bench.Lease(0, 0));
        CacheStatistics s = bench.Cache.Snapshot();
        Assert.Equal((1, 0), (s.Misses, s.PinnedSegments));
    }

    [Fact]
    public void Acquire_OpenRequestId_Throws()
    {
        var bench = new CacheBench(CacheBench.Plain(1), 1);
        RequestId request = bench.Ask(0);
        Assert.Throws<ArgumentException>(() => bench.Cache.Acquire(request, new OwnerId(99), CacheBench.Ids(0), 1, 0));
    }

    [Fact]
    public void Acquire_QueueFull_IsRefused()
    {
        var bench = new CacheBench(CacheBench.Plain(4), 1, maxWaiting: 1);
        bench.Lease(0);
        bench.Ask(1);
        Assert.Equal(RefusalReason.QueueFull, bench.RefusalOf(bench.Ask(2)));
    }

    [Fact]
    public void Acquire_DeadlinePassed_IsRefusedInsteadOfWaiting()
    {
        var bench = new CacheBench(CacheBench.Plain(2), 1);
        bench.Lease(0);
        Assert.Equal(RefusalReason.DeadlineExceeded, bench.RefusalOf(bench.Ask(new OwnerId(50), 0, 1)));
    }

    [Fact]
    public void Acquire_HitsBehindBlockedHead_OvertakeOnlySoOften()
    {
        var bench = new CacheBench(CacheBench.Plain(3), 2, maxBypasses: 2);
        LeaseId last = bench.Lease(0);
        RequestId head = bench.Ask(1, 2);
        for (int i = 0; i < 2; i++)
        {
            LeaseId next = bench.LeaseOf(bench.Ask(0));
            bench.Release(last);
            last = next;
        }
        RequestId behind = bench.Ask(0);
        Assert.False(bench.IsAnswered(behind));
        bench.Release(last);
        bench.LoadAll();
        LeaseId served = bench.LeaseOf(head);
        Assert.False(bench.IsAnswered(behind));
        bench.Release(served);
        bench.LoadAll();
        bench.LeaseOf(behind);
    }

    [Fact]
    public void Acquire_NeedsFramesBehindQueue_WaitsItsTurn()
    {
        var bench = new CacheBench(CacheBench.Plain(4), 3);
        LeaseId a = bench.Lease(0), b = bench.Lease(1);
        RequestId large = bench.Ask(2, 3), small = bench.Ask(2);
        Assert.False(bench.Cache.TryStartLoad(out _));
        bench.Release(b);
        bench.LoadAll();
        bench.LeaseOf(large);
        bench.LeaseOf(small);
        bench.Release(a);
    }

    [Fact]
    public void Release_TwiceOrUnknown_IsIgnored()
    {
        var bench = new CacheBench(CacheBench.Plain(1), 1);
        LeaseId lease = bench.Lease(0);
        bench.Release(lease);
        Assert.False(bench.Cache.Release(lease));
        Assert.False(bench.Cache.Release(new LeaseId(999)));
        bench.Cache.CheckIntegrity();
        Assert.Equal(0, bench.Cache.Snapshot().PinnedSegments);
    }

    [Fact]
    public void Cancel_Waiting_IsAnsweredAndNextIsAdmitted()
    {
        var bench = new CacheBench(CacheBench.Plain(3), 2);
        bench.Lease(0);
        RequestId head = bench.Ask(1, 2), next = bench.Ask(1);
        Assert.True(bench.Cache.Cancel(head));
        bench.LoadAll();
        Assert.Equal(RefusalReason.Cancelled, bench.RefusalOf(head));
        bench.LeaseOf(next);
        Assert.False(bench.Cache.Cancel(head));
    }

    [Fact]
    public void Cancel_LoadNotStarted_DropsIt()
    {
        var bench = new CacheBench(CacheBench.Plain(2), 2);
        RequestId request = bench.Ask(0);
        bench.Cache.Cancel(request);
        bench.Drain();
        Assert.False(bench.Cache.TryStartLoad(out _));
        Assert.Equal(0, bench.Cache.UsedBytes);
        Assert.DoesNotContain(bench.Effects, e => e.Kind == CacheEffectKind.FramesFreed);
    }

    [Fact]
    public void Cancel_LoadInFlight_CompletesAndStaysUnpinned()
    {
        var bench = new CacheBench(CacheBench.Plain(2), 2);
        RequestId request = bench.Ask(0);
        LoadTicket ticket = bench.Start();
        bench.Cache.Cancel(request);
        bench.Finish(ticket);
        CacheStatistics s = bench.Cache.Snapshot();
        Assert.Equal((0, 1), (s.PinnedSegments, s.ResidentSegments));
    }

    [Fact]
    public void OwnerGone_WithLease_StaysPinnedUntilReleased()
    {
        var bench = new CacheBench(CacheBench.Plain(2), 1);
        var owner = new OwnerId(9);
        RequestId request = bench.Ask(owner, 10, 0);
        bench.LoadAll();
        LeaseId lease = bench.LeaseOf(request);
        RequestId next = bench.Ask(1);
        Assert.Equal(lease, bench.Cache.OwnerGone(owner));
        Assert.Equal(1, bench.Cache.Snapshot().PinnedSegments);
        bench.Release(lease);
        bench.LoadAll();
        bench.LeaseOf(next);
        Assert.Null(bench.Cache.OwnerGone(owner));
    }

    [Fact]
    public void OwnerGone_WithOpenRequest_IsAnswered()
    {
        var bench = new CacheBench(CacheBench.Plain(2), 1);
        bench.Lease(0);
        var owner = new OwnerId(9);
        RequestId request = bench.Ask(owner, 10, 1);
        Assert.Null(bench.Cache.OwnerGone(owner));
        bench.Drain();
        Assert.Equal(RefusalReason.OwnerGone, bench.RefusalOf(request));
    }

    [Fact]
    public void Expire_PastDeadlines_AreRefusedInOrder()
    {
        var bench = new CacheBench(CacheBench.Plain(3), 1);
        bench.Lease(0);
        RequestId late = bench.Ask(new OwnerId(51), 30, 1), early = bench.Ask(new OwnerId(52), 20, 1);
        Assert.Equal(20, bench.Cache.NextDeadline);
        bench.Cache.Expire(19);
        bench.Drain();
        Assert.False(bench.IsAnswered(early));
        bench.Cache.Expire(20);
        bench.Drain();
        Assert.Equal(RefusalReason.DeadlineExceeded, bench.RefusalOf(early));
        Assert.Equal(30, bench.Cache.NextDeadline);
        bench.Cache.Expire(30);
        bench.Drain();
        Assert.Equal(RefusalReason.DeadlineExceeded, bench.RefusalOf(late));
        Assert.Null(bench.Cache.NextDeadline);
    }

    [Fact]
    public void LoadFailed_RefusesWaitersOfThatSegmentOnly()
    {
        var bench = new CacheBench(CacheBench.Plain(3), 3);
        RequestId both = bench.Ask(0, 1), one = bench.Ask(1), other = bench.Ask(2);
        LoadTicket zero = bench.Start();
        bench.Start();
        bench.Start();
        bench.Fail(zero, "bad sector");
        Assert.Equal(RefusalReason.LayerUnavailable, bench.RefusalOf(both));
        Assert.Contains("bad sector", bench.AnswerTo(both).Text, StringComparison.Ordinal);
        Assert.Contains(bench.Effects, e => e.Kind == CacheEffectKind.FramesFreed && e.Segment.Value == 0);
        bench.LoadAll();
        bench.LeaseOf(one);
        bench.LeaseOf(other);
        bench.Lease(0);
    }

    [Fact]
    public void LoadOutcome_ReportedTwiceOrForOtherLoad_IsIgnored()
    {
        var bench = new CacheBench(CacheBench.Plain(2), 1);
        RequestId first = bench.Ask(0);
        LoadTicket old = bench.Start();
        bench.Fail(old, "once");
        Assert.Equal(RefusalReason.LayerUnavailable, bench.RefusalOf(first));
        RequestId second = bench.Ask(0);
        LoadTicket current = bench.Start();
        Assert.False(bench.Cache.LoadSucceeded(old, 1));
        Assert.False(bench.Cache.LoadFailed(old, "again"));
        Assert.False(bench.Cache.LoadSucceeded(new LoadTicket(new SegmentId(7), 1, default, true), 1));
        Assert.False(bench.IsAnswered(second));
        bench.Finish(current);
        Assert.False(bench.Cache.LoadSucceeded(current, 1));
        bench.LeaseOf(second);
    }

    [Fact]
    public void TryStartLoad_EffectsPending_Throws()
    {
        var bench = new CacheBench(CacheBench.Plain(2), 1);
        bench.Use(0);
        bench.Cache.Acquire(new RequestId(100), new OwnerId(100), CacheBench.Ids(1), 10, 0);
        Assert.Throws<InvalidOperationException>(() => bench.Cache.TryStartLoad(out _));
    }

    [Fact]
    public void EvictAll_KeepsWhatIsLeased()
    {
        var bench = new CacheBench(CacheBench.Plain(4), 4);
        bench.Use(0);
        LeaseId held = bench.Lease(1);
        bench.Cache.Prefetch(CacheBench.Ids(2, 3));
        LoadTicket loading = bench.Start();
        bench.Cache.EvictAll();
        bench.Drain();
        Assert.Equal([1], bench.Resident());
        bench.Finish(loading);
        bench.Release(held);
        bench.Cache.EvictAll();
        Assert.Equal(0, bench.Cache.UsedBytes);
    }

    [Fact]
    public void Close_RefusesOpenAndLaterRequests()
    {
        var bench = new CacheBench(CacheBench.Plain(4), 2);
        LeaseId held = bench.Lease(0);
        RequestId loading = bench.Ask(1), waiting = bench.Ask(2);
        LoadTicket ticket = bench.Start();
        bench.Cache.Close();
        bench.Drain();
        Assert.Equal(RefusalReason.ShuttingDown, bench.RefusalOf(loading));
        Assert.Equal(RefusalReason.ShuttingDown, bench.RefusalOf(waiting));
        Assert.Equal(RefusalReason.ShuttingDown, bench.RefusalOf(bench.Ask(0)));
        Assert.Equal(0, bench.Cache.Prefetch(CacheBench.Ids(3)));
        bench.Finish(ticket);
        bench.Release(held);
        bench.Cache.EvictAll();
        Assert.Equal(0, bench.Cache.UsedBytes);
    }
}
