using Akka.Actor;
using Akka.TestKit;
using WasmChord.Gguf;
using WasmChord.Memory64;
using static WasmChord.Actors.GuestProtocol;

namespace WasmChord.Actors.Tests;

public sealed class GuestRunTests() : EngineTestKit("wasmchord.guests { max-guests = 20, wall-time = 60s }")
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("1layer")]
    [InlineData("3layers")]
    [InlineData("9layers")]
    public async Task Run_SixteenInParallelOverABudgetBelowTheModel_SumWhatTheHostSums(string budget)
    {
        await using StreamedModel model = await OpenAsync(budget);
        long expected = GuestTexts.Expected(model, Model.Bytes);
        GuestResult[] results = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => model.RunGuestAsync(GuestTexts.Sum)));
        Assert.All(results, r => Assert.Equal((GuestEnd.Returned, ""), (r.End, r.Text)));
        Assert.All(results, r => Assert.Equal((expected, 8, 0), (r.Values.Single().AsInt64(), r.Leases, r.LeasesHeld)));
        CacheStatistics cache = (await model.GetStatisticsAsync()).Cache;
        Assert.True(cache.PeakBytes <= model.Description.BudgetBytes);
        if (budget != "9layers") Assert.True(cache.Evictions > 0);
        await AssertNothingHeldAsync(model);
        GuestStatistics guests = await model.GetGuestStatisticsAsync();
        Assert.Equal((0, 16, 0), (guests.Running, guests.Ended[GuestEnd.Returned], guests.Refused));
        Assert.Equal(16, guests.Compilations + guests.CompiledHits);
    }

    [Fact]
    public async Task Run_Arguments_AreReadAsTheFunctionWantsThem()
    {
        await using StreamedModel model = await OpenAsync();
        GuestResult result = await model.RunGuestAsync(GuestTexts.Calls, GuestTexts.Call("add", "-7", "5000000000", "-0.5", "1e3"));
        Assert.Equal(-7 + 5_000_000_000 - 0.5 + 1e3, result.Values.Single().AsDouble());
        Assert.Equal(GuestEnd.NoSuchFunction, (await model.RunGuestAsync(GuestTexts.Calls, GuestTexts.Call("add", "x", "1", "1", "1"))).End);
        Assert.Equal(GuestEnd.NoSuchFunction, (await model.RunGuestAsync(GuestTexts.Calls, GuestTexts.Call("nothing"))).End);
        Assert.Equal(GuestEnd.NoSuchFunction, (await model.RunGuestAsync(GuestTexts.Calls)).End);
    }

    [Fact]
    public async Task Run_ModuleOrLimitsThatMakeNoSense_AreRefusedWithTheReason()
    {
        await using StreamedModel model = await OpenAsync();
        GuestRefusedException bad = await Assert.ThrowsAsync<GuestRefusedException>(() => model.RunGuestAsync("(module (func (export"u8.ToArray()));
        Assert.Equal(GuestRefusal.BadModule, bad.Reason);
        bad = await Assert.ThrowsAsync<GuestRefusedException>(() => model.RunGuestAsync(
            """(module (import "wasmchord" "weights" (memory i64 0)) (func (export "run") (i32.store (i64.const 0) (i32.const 1))))"""u8.ToArray()));
        Assert.Equal(GuestRefusal.BadModule, bad.Reason);
        bad = await Assert.ThrowsAsync<GuestRefusedException>(() => model.RunGuestAsync(
            GuestTexts.Sum, new GuestOptions { Limits = new GuestLimits { Leases = -1 } }));
        Assert.Equal(GuestRefusal.InvalidOption, bad.Reason);
        Assert.Equal(3, (await model.GetGuestStatisticsAsync()).Refused);
        GuestResult wide = await model.RunGuestAsync(GuestTexts.Sum, new GuestOptions { Limits = new GuestLimits { Leases = int.MaxValue } });
        Assert.Equal(GuestEnd.Returned, wide.End);
    }

    [Fact]
    public async Task Run_Trap_GivesTheLayersBackAndOthersGoOn()
    {
        await using StreamedModel model = await OpenAsync("1layer");
        GuestResult[] trapped = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => model.RunGuestAsync(GuestTexts.Calls, GuestTexts.Call("trap"))));
        Assert.All(trapped, r => Assert.Equal((GuestEnd.Trapped, 1), (r.End, r.LeasesHeld)));
        Assert.Equal(GuestTexts.Expected(model, Model.Bytes), (await model.RunGuestAsync(GuestTexts.Sum)).Values.Single().AsInt64());
        await AssertNothingHeldAsync(model);
    }

    [Fact]
    public async Task Requester_Ends_StopsItsGuestAndFreesItsLayers()
    {
        await using StreamedModel model = await OpenAsync("1layer");
        TestProbe requester = CreateTestProbe(), other = CreateTestProbe();
        model.Actor.Tell(new RunGuest(GuestId.New(), GuestTexts.Calls, GuestTexts.Call("hold", "0")), requester);
        await StatisticsWhenAsync(model, c => c.Leases == 1);
        model.Actor.Tell(new RunGuest(GuestId.New(), GuestTexts.Calls, GuestTexts.Call("spin")), other);
        Sys.Stop(requester);
        await AssertNothingHeldAsync(model);
        GuestStatistics guests = await GuestsWhenAsync(model, g => g.Running == 1);
        Assert.Equal((1, 1), (guests.Running, guests.Ended[GuestEnd.Stopped]));
        await EveryLayerAsync(model);
        Sys.Stop(other);
        await GuestsWhenAsync(model, g => g.Running == 0);
    }

    [Fact]
    public async Task StopGuest_WhileItRuns_EndsIt()
    {
        await using StreamedModel model = await OpenAsync();
        GuestId id = GuestId.New();
        model.Actor.Tell(new RunGuest(id, GuestTexts.Calls, GuestTexts.Call("hold", "1")), TestActor);
        await StatisticsWhenAsync(model, c => c.Leases == 1);
        model.Actor.Tell(new StopGuest(GuestId.New()), TestActor); // nobody: no answer, no harm
        model.Actor.Tell(new StopGuest(id), TestActor);
        GuestEnded ended = await ExpectMsgAsync<GuestEnded>(s_patience);
        Assert.Equal((id, GuestEnd.Stopped), (ended.Id, ended.Result.End));
        model.Actor.Tell(new StopGuest(id), TestActor);
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
        await AssertNothingHeldAsync(model);
    }

    [Fact]
    public async Task Cancellation_BeforeAndDuring_StopsTheGuest()
    {
        await using StreamedModel model = await OpenAsync("1layer");
        using CancellationTokenSource cancelled = new(), later = new(), waiting = new();
        cancelled.Cancel();
        GuestResult before = await model.RunGuestAsync(GuestTexts.Calls, GuestTexts.Call("spin") with { Cancellation = cancelled.Token });
        Assert.Equal(GuestEnd.Stopped, before.End);
        Task<GuestResult> during = model.RunGuestAsync(GuestTexts.Calls, GuestTexts.Call("hold", "0") with { Cancellation = later.Token });
        await StatisticsWhenAsync(model, c => c.Leases == 1);
        Task<GuestResult> inAcquire = model.RunGuestAsync(GuestTexts.Calls, GuestTexts.Call("hold", "1") with { Cancellation = waiting.Token });
        await StatisticsWhenAsync(model, c => c.WaitingRequests == 1);
        waiting.Cancel();
        Assert.Equal((GuestEnd.Stopped, 0), ((await inAcquire.WaitAsync(s_patience)).End, (await inAcquire).Leases));
        later.Cancel();
        Assert.Equal((GuestEnd.Stopped, 1), ((await during.WaitAsync(s_patience)).End, (await during).Leases));
        await AssertNothingHeldAsync(model);
    }

    [Fact]
    public async Task Run_MoreThanMayRunOrTheSameId_IsRefusedOnceEach()
    {
        await using StreamedModel model = await OpenAsync();
        TestProbe requester = CreateTestProbe();
        GuestId[] ids = [.. Enumerable.Range(0, 20).Select(_ => GuestId.New())];
        foreach (GuestId id in ids) model.Actor.Tell(new RunGuest(id, GuestTexts.Calls, GuestTexts.Call("spin")), requester);
        await GuestsWhenAsync(model, g => g.Running == 20);
        model.Actor.Tell(new RunGuest(ids[3], GuestTexts.Calls, GuestTexts.Call("spin")), requester);
        GuestRefused duplicate = await requester.ExpectMsgAsync<GuestRefused>(s_patience);
        Assert.Equal((ids[3], GuestRefusal.DuplicateId), (duplicate.Id, duplicate.Reason));
        GuestRefusedException many = await Assert.ThrowsAsync<GuestRefusedException>(() => model.RunGuestAsync(GuestTexts.Sum));
        Assert.Equal(GuestRefusal.TooManyGuests, many.Reason);
        Assert.Contains("20", many.Message);
        foreach (GuestId id in ids) model.Actor.Tell(new StopGuest(id), requester);
        HashSet<GuestId> ended = [];
        for (int i = 0; i < 20; i++) ended.Add((await requester.ExpectMsgAsync<GuestEnded>(s_patience)).Id);
        Assert.Equal(20, ended.Count);
        Assert.Equal(GuestEnd.Returned, (await model.RunGuestAsync(GuestTexts.Sum)).End);
    }

    [Fact]
    public async Task Model_ClosedWhileGuestsRun_AnswersEachOnceAndTakesTheirLayers()
    {
        StreamedModel model = await OpenAsync("9layers");
        TestProbe requester = CreateTestProbe();
        HashSet<GuestId> ids = [];
        for (int i = 0; i < 4; i++)
        {
            GuestId id = GuestId.New();
            ids.Add(id);
            model.Actor.Tell(new RunGuest(id, GuestTexts.Calls, GuestTexts.Call("hold", $"{i}")), requester);
        }

        await StatisticsWhenAsync(model, c => c.Leases == 4);
        await model.DisposeAsync();
        for (int i = 0; i < 4; i++)
        {
            object answer = await requester.ExpectMsgAsync<object>(s_patience);
            Assert.True(ids.Remove(answer is GuestEnded ended ? ended.Id : Assert.IsType<GuestRefused>(answer).Id));
        }

        await requester.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
        Assert.True(SpinWait.SpinUntil(() => Extension.Ledger.ReservedBytes == 0, s_patience), "guests keep pages of a closed model");
        GuestRefusedException e = await Assert.ThrowsAsync<GuestRefusedException>(() => model.RunGuestAsync(GuestTexts.Sum).WaitAsync(s_patience));
        Assert.Equal(GuestRefusal.ModelClosed, e.Reason);
    }

    [Theory]
    [InlineData("region")]
    [InlineData("layer-cache")]
    public async Task Region_RestartsWhileGuestsHoldLayers_EndsThemAndThoseAfterThemWork(string child)
    {
        await using StreamedModel model = await OpenAsync("4layers");
        Task<GuestResult>[] holding = [.. Enumerable.Range(0, 3).Select(i => model.RunGuestAsync(GuestTexts.Calls, GuestTexts.Call("keep", $"{i}")))];
        // A guest that asks for block 3 has entered the lease that it holds: a lease that is out need not be entered yet.
        SegmentTable segments = model.Description.Layout.Segments;
        int uses = Enumerable.Range(0, 3).Sum(i => segments.Of(LayerId.Block(i)).Length + segments.Of(LayerId.Block(3)).Length);
        CacheStatistics held = await StatisticsWhenAsync(model, c => c.Accesses == uses && c.Leases == 3);
        Assert.Equal((uses, 3), (held.Accesses, held.Leases));
        Sys.ActorSelection(model.Actor.Path / child).Tell(Kill.Instance);
        GuestResult[] results = await Task.WhenAll(holding).WaitAsync(s_patience);
        Assert.All(results, r => Assert.Equal((GuestEnd.LeaseRevoked, 1), (r.End, r.LeasesHeld)));
        long expected = GuestTexts.Expected(model, Model.Bytes);
        GuestResult[] after = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => model.RunGuestAsync(GuestTexts.Sum)));
        Assert.All(after, r => Assert.Equal((GuestEnd.Returned, expected), (r.End, r.Values.Single().AsInt64())));
        await AssertNothingHeldAsync(model);
        CacheStatistics cache = await StatisticsWhenAsync(model, c => c.TargetBytes + model.Description.BufferBytes >= model.Description.BudgetBytes);
        Assert.True(cache.TargetBytes + model.Description.BufferBytes >= model.Description.BudgetBytes, "pages of the generation that ended are still held");
    }

    [Theory]
    [InlineData("acquire", "2", "-1")]
    [InlineData("read", "0")]
    public async Task Region_RestartsWhileAGuestWaitsForALayer_IsACodeAndThoseAfterItWork(string function, params string[] arguments)
    {
        await using StreamedModel model = await OpenAsync("4layers", s => s with { ReadAhead = BudgetSpec.Bytes(1) });
        StorageGate gate = Faults.Hold();
        Task<long> waiting = CallAsync(model, function, arguments);
        Assert.Equal(1, (await StatisticsWhenAsync(model, c => c.LoadingRequests == 1)).LoadingRequests);
        Sys.ActorSelection(model.Actor.Path / "region").Tell(Kill.Instance);
        Assert.Equal((long)GuestCode.Unavailable, await waiting.WaitAsync(s_patience));
        gate.Open();
        GuestResult after = await model.RunGuestAsync(GuestTexts.Sum).WaitAsync(s_patience);
        Assert.Equal((GuestEnd.Returned, GuestTexts.Expected(model, Model.Bytes)), (after.End, after.Values.Single().AsInt64()));
        await AssertNothingHeldAsync(model);
    }

    [Fact]
    public async Task Requester_BelowAnActorCalledTemp_StopsItsGuestToo()
    {
        await using StreamedModel model = await OpenAsync("1layer");
        IActorRef temp = Sys.ActorOf(Props.Create(() => new Asking(model.Actor)), "temp");
        temp.Tell(new RunGuest(GuestId.New(), GuestTexts.Calls, GuestTexts.Call("hold", "0")));
        Assert.Equal(1, (await StatisticsWhenAsync(model, c => c.Leases == 1)).Leases);
        Sys.Stop(temp);
        GuestStatistics guests = await GuestsWhenAsync(model, g => g.Running == 0);
        Assert.Equal((0, 1), (guests.Running, guests.Ended[GuestEnd.Stopped]));
        await AssertNothingHeldAsync(model);
    }

    [Fact]
    public async Task Supervisor_Fails_AnswersThatItDidAndServesAgain()
    {
        await using StreamedModel model = await OpenAsync("3layers");
        Task<GuestResult> running = model.RunGuestAsync(GuestTexts.Calls, GuestTexts.Call("hold", "0"));
        Assert.Equal(1, (await StatisticsWhenAsync(model, c => c.Leases == 1)).Leases);
        Sys.ActorSelection(model.Actor.Path / "guests").Tell(Kill.Instance);
        Assert.Equal(GuestRefusal.Internal, (await Assert.ThrowsAsync<GuestRefusedException>(() => running.WaitAsync(s_patience))).Reason);
        Assert.Equal(GuestEnd.Returned, (await model.RunGuestAsync(GuestTexts.Sum).WaitAsync(s_patience)).End);
        await AssertNothingHeldAsync(model);
    }

    [Fact]
    public async Task Storage_Fails_IsACodeForTheGuestAndThenItWorksAgain()
    {
        await using StreamedModel model = await OpenAsync("9layers", s => s with { ReadAhead = BudgetSpec.Bytes(1) });
        Segment broken = model.Description.Layout.Segments.Of(LayerId.Block(2))[1];
        StorageFault fault = Faults.FailReads(offset: broken.FileOffset, byteLength: broken.FileByteLength);
        TensorInfo tensor = model.Description.Tensors[broken.TensorIndex];
        long offset = tensor.TensorDataOffset + broken.TensorByteOffset;
        Assert.Equal((long)GuestCode.ReadFailed, await CallAsync(model, "acquire", "2", "-1"));
        Assert.Equal((long)GuestCode.ReadFailed, await CallAsync(model, "read", $"{offset}"));
        Assert.True(await CallAsync(model, "acquire", "1", "-1") >= 0);
        fault.Dispose();
        await StatisticsWhenAsync(model, c => c.LoadsInFlight == 0);
        Assert.Equal(100, await CallAsync(model, "read", $"{offset}"));
        Assert.True(await CallAsync(model, "acquire", "2", "-1") > 0);
        await AssertNothingHeldAsync(model);
    }

    [Fact]
    public async Task Acquire_SecondLayerThatWouldHaveToWait_IsRefusedAndNobodyWaitsForEver()
    {
        await using StreamedModel model = await OpenAsync("1layer");
        for (int round = 0; round < 5; round++)
        {
            Task<long>[] both = [CallAsync(model, "twice", "0", "1"), CallAsync(model, "twice", "1", "0")];
            Assert.All(await Task.WhenAll(both).WaitAsync(s_patience), code => Assert.Equal((long)GuestCode.Refused, code));
        }

        await AssertNothingHeldAsync(model);
        await model.ResizeBudgetAsync(BudgetSpec.Parse("4layers"));
        Assert.True(await CallAsync(model, "twice", "0", "1") > 0);
    }

    [Fact]
    public async Task Acquire_Deadlines_OfNoTimeServeWhatIsThereAndElseEndInTime()
    {
        await using StreamedModel model = await OpenAsync("1layer", s => s with { ReadAhead = BudgetSpec.Bytes(1) });
        (await model.AcquireLayerAsync(LayerId.Block(2))).Dispose();
        Assert.True(await CallAsync(model, "acquire", "2", "0") > 0, "a resident layer needs no time");
        using LayerLease held = await model.AcquireLayerAsync(LayerId.Block(2));
        foreach (string deadline in new[] { "0", "30" })
            Assert.Equal((long)GuestCode.TimedOut, await CallAsync(model, "acquire", "3", deadline));
        held.Dispose();
        Assert.True(await CallAsync(model, "acquire", "3", "-1") > 0);
        Assert.True(await CallAsync(model, "stats") > 0);
        await AssertNothingHeldAsync(model);
    }

    [Fact]
    public async Task Guests_WaitingOnEveryThreadOfTheirs_BlockNobodyElse()
    {
        await using StreamedModel model = await OpenAsync("9layers", s => s with { ReadAhead = BudgetSpec.Bytes(1) });
        StorageGate gate = Faults.Hold();
        Task<long>[] waiting = [.. Enumerable.Range(0, 16).Select(i => CallAsync(model, "acquire", $"{i % 6}", "-1"))];
        await StatisticsWhenAsync(model, c => c.LoadingRequests == 16);
        Assert.Equal(16, (await model.GetStatisticsAsync()).Cache.LoadingRequests);
        IActorRef echo = Sys.ActorOf(Props.Create(() => new Echo()));
        for (int i = 0; i < 50; i++) Assert.Equal(i, await echo.Ask<int>(i, s_patience));
        Assert.Equal(16, (await model.GetGuestStatisticsAsync()).Running);
        Assert.DoesNotContain(waiting, w => w.IsCompleted);
        gate.Open();
        Assert.All(await Task.WhenAll(waiting).WaitAsync(s_patience), address => Assert.True(address >= 0));
        await AssertNothingHeldAsync(model);
    }

    [Fact]
    public async Task Run_ModelInSeveralRegions_IsNotLinkedAndCopiesWork()
    {
        await using StreamedModel model = await OpenAsync(options: new ModelOptions { Regions = RegionLayoutKind.Multi });
        GuestResult result = await model.RunGuestAsync(GuestTexts.Sum);
        Assert.Equal(GuestEnd.NotLinked, result.End);
        Assert.Contains("regions = single", result.Text);
        GuestResult copies = await model.RunGuestAsync("""
            (module (import "env" "memory64_read" (func $read (param i64 i32 i32) (result i32))) (memory (export "memory") 1)
              (func (export "run") (result i64) (drop (call $read (i64.const 0) (i32.const 0) (i32.const 8))) (i64.load (i32.const 0))))
            """u8.ToArray());
        TensorInfo first = model.Description.Tensors[0];
        Assert.Equal(BitConverter.ToInt64(Model.Bytes, (int)first.FileOffset), copies.Values.Single().AsInt64());
    }

    private static async Task<long> CallAsync(StreamedModel model, string function, params string[] arguments)
    {
        GuestResult result = await model.RunGuestAsync(GuestTexts.Calls, GuestTexts.Call(function, arguments));
        Assert.True(result.HasReturned, $"{result.End}: {result.Text}");
        return result.Values.Single().AsInt64();
    }

    private static async Task EveryLayerAsync(StreamedModel model)
    {
        foreach (LayerId layer in model.Description.Layers) (await model.AcquireLayerAsync(layer)).Dispose();
    }

    private static async Task<GuestStatistics> GuestsWhenAsync(StreamedModel model, Func<GuestStatistics, bool> condition)
    {
        for (int i = 0; ; i++)
        {
            GuestStatistics statistics = await model.GetGuestStatisticsAsync();
            if (condition(statistics) || i == 500) return statistics;
            await Task.Delay(10);
        }
    }

    /// <summary>Lets a child ask.</summary>
    private sealed class Asking : ReceiveActor
    {
        public Asking(IActorRef model)
        {
            IActorRef child = Context.ActorOf(Props.Empty);
            Receive<RunGuest>(m => model.Tell(m, child));
        }
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(m => Sender.Tell(m));
    }
}
