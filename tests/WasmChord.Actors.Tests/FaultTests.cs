using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using WasmChord.Gguf;
using WasmChord.Memory64;
using static WasmChord.Actors.LayerCacheProtocol;

namespace WasmChord.Actors.Tests;

public sealed class FaultTests : EngineTestKit
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Loads_OfDifferentLayers_AreReadAsManyAtOnceAsIoParallelismSays()
    {
        await using StreamedModel model = await OpenAsync(budget: "7layers", configure: s => s with { ReadAhead = BudgetSpec.Bytes(1) });
        StorageGate gate = Faults.Hold();
        Task<LayerLease>[] pending = [.. Enumerable.Range(0, 5).Select(i => model.AcquireLayerAsync(LayerId.Block(i)))];
        Assert.True(gate.WaitForInside(4, s_patience), $"{gate.InsideCount} reads inside");
        gate.Open();
        foreach (LayerLease lease in await Task.WhenAll(pending))
        {
            AssertBytes(lease);
            lease.Dispose();
        }

        Assert.Equal(4, gate.PeakCount);
    }

    [Fact]
    public async Task UseLayers_TwoRequesters_DecodeAndUseLayersAtTheSameTime()
    {
        await using StreamedModel model = await OpenAsync(budget: "7layers");
        using Barrier together = new(2);
        IMaterializer materializer = Sys.Materializer();
        Task<bool>[] runs = [.. Enumerable.Range(0, 2).Select(i => model
            .UseLayers([LayerId.Block(i)], (_, _) => together.SignalAndWait(s_patience))
            .RunWith(Sink.First<bool>(), materializer))];
        Assert.All(await Task.WhenAll(runs), Assert.True);
    }

    [Fact]
    public async Task Read_TransientError_IsRepeatedAndTheLeaseShowsTheRightBytes()
    {
        await using StreamedModel model = await OpenAsync();
        Faults.FailReads(times: 3);
        using LayerLease lease = await model.AcquireLayerAsync(LayerId.Block(0));
        AssertBytes(lease);
    }

    [Fact]
    public async Task Read_PersistentError_RefusesThatLayersWaitersAndNobodyElse()
    {
        await using StreamedModel model = await OpenAsync(budget: "7layers");
        Segment broken = model.Description.Layout.Segments.Of(LayerId.Block(2))[1];
        StorageFault fault = Faults.FailReads(offset: broken.FileOffset, byteLength: broken.FileByteLength);
        Task<LayerLease>[] doomed = [model.AcquireLayerAsync(LayerId.Block(2)), model.AcquireLayerAsync(LayerId.Block(2))];
        using LayerLease other = await model.AcquireLayerAsync(LayerId.Block(3));
        AssertBytes(other);
        foreach (Task<LayerLease> waiter in doomed)
        {
            LayerRefusedException e = await Assert.ThrowsAsync<LayerRefusedException>(() => waiter);
            Assert.Equal(RefusalReason.LayerUnavailable, e.Reason);
            Assert.Contains($"{broken.FileOffset}", e.Message);
        }

        fault.Dispose();
        using (LayerLease healed = await model.AcquireLayerAsync(LayerId.Block(2))) AssertBytes(healed);
        other.Dispose();
        await AssertNothingHeldAsync(model);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("truncated")]
    [InlineData("replaced")]
    public async Task Read_FileThatIsNoLongerWhole_IsRefusedAndWhatIsResidentStays(string how)
    {
        await using StreamedModel model = await OpenAsync(budget: "7layers", configure: s => s with { ReadAhead = BudgetSpec.Bytes(1) });
        (await model.AcquireLayerAsync(LayerId.Block(0))).Dispose();
        if (how == "short") Faults.ShortenReads(deliveredBytes: 10);
        if (how == "truncated") Faults.Truncate(4096);
        if (how == "replaced") Faults.Replace(new StorageIdentity(Model.Bytes.Length, 1, 2, 3));
        LayerRefusedException e = await Assert.ThrowsAsync<LayerRefusedException>(() => model.AcquireLayerAsync(LayerId.Block(1)));
        Assert.Equal(RefusalReason.LayerUnavailable, e.Reason);
        using (LayerLease resident = await model.AcquireLayerAsync(LayerId.Block(0))) AssertBytes(resident);
        Faults.Clear();
        await StatisticsWhenAsync(model, c => c.LoadsInFlight == 0); // Loads that began before are still to fail.
        using (LayerLease healed = await model.AcquireLayerAsync(LayerId.Block(1))) AssertBytes(healed);
    }

    [Fact]
    public async Task Read_BitFlippedOnAReload_IsAnErrorNeverAWrongByte()
    {
        await using StreamedModel model = await OpenAsync(budget: "1layer");
        (await model.AcquireLayerAsync(LayerId.Block(0))).Dispose();
        (await model.AcquireLayerAsync(LayerId.Block(1))).Dispose();
        Segment segment = model.Description.Layout.Segments.Of(LayerId.Block(0))[1];
        Faults.FlipBit(segment.FileOffset + 100, bit: 3);
        LayerRefusedException e = await Assert.ThrowsAsync<LayerRefusedException>(() => model.AcquireLayerAsync(LayerId.Block(0)));
        Assert.Equal(RefusalReason.LayerUnavailable, e.Reason);
        Assert.Contains("checksum", e.Message);
        Faults.Clear();
        await StatisticsWhenAsync(model, c => c.LoadsInFlight == 0);
        using LayerLease lease = await model.AcquireLayerAsync(LayerId.Block(0));
        AssertBytes(lease);
    }

    [Fact]
    public async Task Holder_KilledWhileAThreadReads_LosesTheLeaseAndThePagesWaitForTheReader()
    {
        await using StreamedModel model = await OpenAsync(budget: "1layer");
        IActorRef holder = Sys.ActorOf(Props.Empty);
        LayerLease lease = await model.AcquireAsync(new AcquireLayer(LayerId.Block(0)) { Holder = holder });
        ReadingThread reading = new(lease, Model.Bytes);
        Sys.Stop(holder);
        Assert.True(SpinWait.SpinUntil(() => lease.IsEnded, s_patience));
        Task<LayerLease> next = model.AcquireLayerAsync(LayerId.Block(1));
        await StatisticsWhenAsync(model, c => c.WaitingRequests == 1);
        Assert.False(next.IsCompleted);
        Assert.True(await reading.LeaveAsync(), "pages were reused while a thread was reading them");
        using LayerLease granted = await next;
        AssertBytes(granted);
    }

    [Fact]
    public async Task Holder_KilledWhileItsRequestWaits_LeavesNothingBehind()
    {
        await using StreamedModel model = await OpenAsync(budget: "1layer");
        LayerLease first = await model.AcquireLayerAsync(LayerId.Block(0));
        IActorRef holder = Sys.ActorOf(Props.Empty);
        Task<LayerLease> doomed = model.AcquireAsync(new AcquireLayer(LayerId.Block(1)) { Holder = holder });
        await StatisticsWhenAsync(model, c => c.WaitingRequests == 1);
        Sys.Stop(holder);
        LayerRefusedException e = await Assert.ThrowsAsync<LayerRefusedException>(() => doomed);
        Assert.Equal(RefusalReason.OwnerGone, e.Reason);
        first.Dispose();
        await AssertNothingHeldAsync(model);
    }

    [Fact]
    public async Task Holder_AskingForASecondLease_IsRefusedAsItCouldDeadlock()
    {
        await using StreamedModel model = await OpenAsync();
        IActorRef holder = Sys.ActorOf(Props.Empty);
        using LayerLease lease = await model.AcquireAsync(new AcquireLayer(LayerId.Block(0)) { Holder = holder });
        LayerRefusedException e = await Assert.ThrowsAsync<LayerRefusedException>(
            () => model.AcquireAsync(new AcquireLayer(LayerId.Block(1)) { Holder = holder }));
        Assert.Equal(RefusalReason.OwnerHoldsLease, e.Reason);
        lease.Dispose();
        using LayerLease both = await model.AcquireAsync(new AcquireLayers([LayerId.Block(0), LayerId.Block(1)]) { Holder = holder });
        AssertBytes(both);
    }

    [Theory]
    [InlineData("region")]
    [InlineData("layer-cache")]
    public async Task Region_Killed_StartsAGenerationThatServesAndOldLeasesCannotBeOpened(string child)
    {
        await using StreamedModel model = await OpenAsync(budget: "4layers");
        LayerLease old = await model.AcquireLayerAsync(LayerId.Block(0));
        ReadingThread reading = new(await model.AcquireLayerAsync(LayerId.Block(1)), Model.Bytes);
        StorageGate gate = Faults.Hold();
        Task<LayerLease> waiting = model.AcquireLayerAsync(LayerId.Block(0));
        ActorSelection selection = Sys.ActorSelection(model.Actor.Path / child);
        selection.Tell(Kill.Instance);
        for (long generation = 1; generation == 1;) generation = (await model.GetStatisticsAsync()).Generation;
        gate.Open();

        Assert.True(SpinWait.SpinUntil(() => old.IsEnded, s_patience));
        Assert.False(old.TryRead(out _));
        using (LayerLease served = await model.AcquireLayerAsync(LayerId.Block(2))) AssertBytes(served);
        CacheStatistics shrunk = (await model.GetStatisticsAsync()).Cache;
        Assert.True(shrunk.TargetBytes < model.Description.BudgetBytes, "pages of the old generation must count until let go");
        Assert.True(await reading.LeaveAsync(), "a thread that was reading lost its pages with the region");
        CacheStatistics whole = await StatisticsWhenAsync(model, c => c.TargetBytes > shrunk.TargetBytes);
        Assert.True(whole.TargetBytes > shrunk.TargetBytes);
        if (await Task.WhenAny(waiting) == waiting && !waiting.IsFaulted) (await waiting).Dispose();
        await AssertNothingHeldAsync(model);
    }

    [Fact]
    public async Task Region_Stopped_ModelOpensAnewUnderTheSameAddress()
    {
        await using StreamedModel model = await OpenAsync(budget: "2layers");
        Sys.ActorSelection(model.Actor.Path / "region").Tell(PoisonPill.Instance);
        for (int i = 0; i < 20; i++)
        {
            try
            {
                using LayerLease lease = await model.AcquireLayerAsync(LayerId.Block(i % 6));
                AssertBytes(lease);
            }
            catch (LayerRefusedException e)
            {
                Assert.Contains(e.Reason, new[] { RefusalReason.ShuttingDown, RefusalReason.StaleGeneration });
            }
        }

        using LayerLease last = await model.AcquireLayerAsync(LayerId.Head);
        AssertBytes(last);
    }

    [Fact]
    public async Task Dispose_WhileAThreadReads_TheLedgerCountsItsPagesUntilItLetsGo()
    {
        StreamedModel model = await OpenAsync(budget: "2layers");
        ReadingThread reading = new(await model.AcquireLayerAsync(LayerId.Block(0)), Model.Bytes);
        await model.DisposeAsync();
        Assert.True(SpinWait.SpinUntil(() => Extension.Ledger.ReservedBytes < model.Description.BudgetBytes, s_patience));
        Assert.True(Extension.Ledger.ReservedBytes > 0, "pages that are being read were given to others");
        Assert.True(await reading.LeaveAsync());
        Assert.True(SpinWait.SpinUntil(() => Extension.Ledger.ReservedBytes == 0, s_patience));
    }

    [Fact]
    public async Task Supervisor_RestartedWhileAChildStillStops_KeepsTheBudgetUntilItHas()
    {
        await using StreamedModel model = await OpenAsync(budget: "3layers");
        (await model.AcquireLayerAsync(LayerId.Block(0))).Dispose();
        using ManualResetEventSlim isInside = new(), mayLeave = new();
        // Runs on the thread of whoever tells it something: the region, which so cannot stop before it is let go.
        IActorRef blocker = Sys.ActorOf(Props.Create(() => new BlockingActor(isInside, mayLeave)).WithDispatcher(Akka.TestKit.CallingThreadDispatcher.Id));
        // What is told before it has started would run on its supervisor's thread.
        await blocker.Ask<ActorIdentity>(new Identify(null), s_patience);
        Sys.ActorSelection(model.Actor.Path / "region").Tell(new RegionProtocol.GetStatus(), blocker);
        Assert.True(isInside.Wait(s_patience));
        IActorRef cache = await Sys.ActorSelection(model.Actor.Path / "layer-cache").ResolveOne(s_patience);
        Watch(cache);

        Sys.ActorSelection(model.Actor.Path / "gguf-index").Tell(PoisonPill.Instance);
        await ExpectTerminatedAsync(cache, s_patience);
        Assert.Equal(model.Description.BudgetBytes, Extension.Ledger.ReservedBytes);
        mayLeave.Set();

        using (LayerLease lease = await model.AcquireLayerAsync(LayerId.Block(1))) AssertBytes(lease);
        Assert.Equal(model.Description.BudgetBytes, Extension.Ledger.ReservedBytes);
        Assert.Equal(model.Description.BudgetBytes, Extension.Ledger.PeakBytes);
    }

    [Fact]
    public async Task Region_KilledWithATightBudgetWhileAThreadReads_RequestsWaitRatherThanBeingRefused()
    {
        await using StreamedModel model = await OpenAsync(budget: "1layer");
        ReadingThread reading = new(await model.AcquireLayerAsync(LayerId.Block(1)), Model.Bytes);
        Sys.ActorSelection(model.Actor.Path / "region").Tell(Kill.Instance);
        for (long generation = 1; generation == 1;) generation = (await model.GetStatisticsAsync()).Generation;
        Task<LayerLease> waiting = model.AcquireLayerAsync(LayerId.Block(2));
        await Task.Delay(60);
        Assert.False(waiting.IsCompleted);
        Assert.True(await reading.LeaveAsync());
        using LayerLease lease = await waiting;
        AssertBytes(lease);
    }

    [Fact]
    public async Task Announcement_OfASegmentThatCannotBeRead_IsNotRepeatedForEver()
    {
        await using StreamedModel model = await OpenAsync(budget: "7layers");
        Segment broken = model.Description.Layout.Segments.Of(LayerId.Block(2))[1];
        StorageFault fault = Faults.ShortenReads(deliveredBytes: 1, offset: broken.FileOffset, byteLength: broken.FileByteLength);
        model.Prefetch([LayerId.Block(2)]);
        await StatisticsWhenAsync(model, c => c.FailedLoads == 1);
        for (int i = 0; i < 20; i++) (await model.AcquireLayerAsync(LayerId.Block(i % 2))).Dispose();
        await StatisticsWhenAsync(model, c => c.LoadsInFlight == 0);
        Assert.Equal(1, fault.HitCount);
    }

    [Fact]
    public async Task Dispose_Twice_IsAnsweredTwice()
    {
        StreamedModel model = await OpenAsync();
        await Task.WhenAll(model.DisposeAsync().AsTask(), model.DisposeAsync().AsTask());
        await model.DisposeAsync();
        await Assert.ThrowsAsync<ModelRefusedException>(() => model.ResizeBudgetAsync(BudgetSpec.Parse("2layers")));
        LayerRefusedException e = await Assert.ThrowsAsync<LayerRefusedException>(() => model.AcquireLayerAsync(LayerId.Block(0)));
        Assert.Equal(RefusalReason.ShuttingDown, e.Reason);
    }

    [Fact]
    public async Task Queue_Full_IsAReplyAndTheOthersAreServed()
    {
        await using StreamedModel model = await OpenAsync(budget: "1layer", configure: s => s with { MaxWaitingRequests = 2 });
        LayerLease first = await model.AcquireLayerAsync(LayerId.Block(0));
        Task<LayerLease>[] waiting = [model.AcquireLayerAsync(LayerId.Block(1)), model.AcquireLayerAsync(LayerId.Block(2))];
        LayerRefusedException e = await Assert.ThrowsAsync<LayerRefusedException>(() => model.AcquireLayerAsync(LayerId.Block(3)));
        Assert.Equal(RefusalReason.QueueFull, e.Reason);
        first.Dispose();
        foreach (Task<LayerLease> task in waiting)
        {
            using LayerLease lease = await task;
            AssertBytes(lease);
        }
    }

    [Fact]
    public async Task Deadline_PassedWhileWaiting_IsAReply()
    {
        await using StreamedModel model = await OpenAsync(budget: "1layer");
        using LayerLease first = await model.AcquireLayerAsync(LayerId.Block(0));
        LayerRefusedException e = await Assert.ThrowsAsync<LayerRefusedException>(
            () => model.AcquireLayerAsync(LayerId.Block(1), TimeSpan.FromMilliseconds(50)));
        Assert.Equal(RefusalReason.DeadlineExceeded, e.Reason);
    }

    [Fact]
    public async Task Cancellation_WhileWaiting_WithdrawsTheRequest()
    {
        await using StreamedModel model = await OpenAsync(budget: "1layer");
        LayerLease first = await model.AcquireLayerAsync(LayerId.Block(0));
        using CancellationTokenSource cancel = new();
        Task<LayerLease> waiting = model.AcquireLayerAsync(LayerId.Block(1), cancellationToken: cancel.Token);
        await StatisticsWhenAsync(model, c => c.WaitingRequests == 1);
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        first.Dispose();
        await AssertNothingHeldAsync(model);
    }

    [Fact]
    public async Task Lease_HeldBySomeoneWhoCannotBeWatched_IsTakenBack()
    {
        await using StreamedModel model = await OpenAsync(budget: "1layer",
            configure: s => s with { UnwatchedLeaseTimeout = TimeSpan.FromMilliseconds(100) });
        LayerLease leaked = await model.AcquireLayerAsync(LayerId.Block(0));
        using LayerLease next = await model.AcquireLayerAsync(LayerId.Block(1));
        Assert.True(leaked.IsEnded);
        AssertBytes(next);
    }

    private sealed class BlockingActor : ReceiveActor
    {
        public BlockingActor(ManualResetEventSlim isInside, ManualResetEventSlim mayLeave) => ReceiveAny(_ =>
        {
            isInside.Set();
            mayLeave.Wait(s_patience);
        });
    }
}
