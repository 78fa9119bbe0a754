using System.Collections.Concurrent;
using Akka.Actor;
using Akka.TestKit;
using WasmChord.Gguf;
using WasmChord.Inference;
using WasmChord.Memory64;
using static WasmChord.Actors.GenerationProtocol;

namespace WasmChord.Actors.Tests;

/// <summary>Who takes part, who waits, who is refused, and what is left behind.</summary>
public sealed class GenerationSchedulerTests : GenerationTestKit
{
    private static readonly GenerationOptions s_some = new() { MaxTokens = 24, IgnoreEndOfText = true };

    [Fact]
    public async Task Generate_SixtyFourRandomRequestsWithRandomCancellations_EachIsAsItIsAlone()
    {
        const int Count = 64, Talkers = 4;
        Random random = new(11);
        await using StreamedModel model = await OpenAsync(
            "1500KiB", g => g with { MaxSequences = 16, Drafting = DraftingMode.On, SessionIdleTimeout = TimeSpan.FromSeconds(2) });
        // A quarter of them belong to sessions, four to each, whose prompts begin alike: what one leaves the next may find.
        string? SessionOf(int i) => i % 4 == 1 ? $"s{i / 4 % Talkers}" : null;
        TokenId[][] prompts = [.. Enumerable.Range(0, Count).Select(i => Prompt(SessionOf(i) is null ? i : 1000 + i / 4 % Talkers, 1 + random.Next(50)))];
        GenerationOptions[] options = [.. Enumerable.Range(0, Count).Select(i => s_some with
        {
            MaxTokens = 1 + random.Next(24),
            Sampler = i % 3 == 0 ? SamplerOptions.Greedy : new SamplerOptions { Seed = (ulong)i, Temperature = 1 },
            Priority = i % 2,
        })];
        (GenerationResult Result, ulong[] Logits)[] alone = new (GenerationResult, ulong[])[Count];
        for (int i = 0; i < Count; i++) alone[i] = await ObserveAsync(model, prompts[i], options[i]);

        TestProbe[] probes = [.. Enumerable.Range(0, Count).Select(_ => CreateTestProbe())];
        GenerationId[] ids = [.. Enumerable.Range(0, Count).Select(_ => GenerationId.New())];
        using CancellationTokenSource watching = new();
        Task<int> invariant = WatchAccountsAsync(model, watching.Token);
        int[] cancelledAfter = [.. Enumerable.Range(0, Count).Select(i => i % 4 == 0 ? random.Next(12) : int.MaxValue)];
        List<ulong>[] logits = [.. Enumerable.Range(0, Count).Select(_ => new List<ulong>())];
        foreach (int i in Enumerable.Range(0, Count).OrderBy(_ => random.Next()))
            model.Actor.Tell(new Generate(ids[i], GenerationPrompt.FromTokens(prompts[i]), options[i] with { SessionId = SessionOf(i), OnLogits = (_, row) => logits[i].Add(HashOf(row)) }), probes[i]);
        await Task.WhenAll(Enumerable.Range(0, Count).Select(i => Task.Factory.StartNew(() => Check(i), TaskCreationOptions.LongRunning)));
        // Sessions that are certain to find something: the same prompt twice, one after the other.
        for (int i = 1; i < 4 * Talkers; i += 4)
        {
            GenerationOptions turn = options[i] with { SessionId = $"again{i}" };
            foreach (int reused in new[] { 0, prompts[i].Length - 1 })
            {
                (GenerationResult result, ulong[] seen) = await ObserveAsync(model, prompts[i], turn);
                Assert.Equal(alone[i].Logits, seen);
                Assert.Equal(reused, result.Completed.Usage.ReusedTokens);
            }
        }

        watching.Cancel();
        Assert.True(await invariant > 0);
        await AssertNothingKeptAsync(model);

        void Check(int i)
        {
            int seen = 0;
            IReadOnlyList<TokenId> expected = alone[i].Result.Tokens;
            while (true)
            {
                if (seen == cancelledAfter[i]) model.Actor.Tell(new CancelGeneration(ids[i]));
                switch (probes[i].ReceiveOne(Patience))
                {
                    case TokenGenerated t:
                        Assert.Equal(expected[seen], t.Token.Token);
                        Assert.Equal(seen++, t.Token.Index);
                        break;
                    case GenerationCompleted { Reason: GenerationEnd.MaxTokens } c:
                        Assert.Equal(expected.Count, seen);
                        Assert.Equal(seen, c.Usage.GeneratedTokens);
                        Assert.Equal(alone[i].Logits, logits[i]);
                        return;
                    case GenerationCompleted { Reason: GenerationEnd.Cancelled }:
                    case GenerationRefused { Reason: GenerationRefusal.Cancelled }:
                        Assert.True(seen >= cancelledAfter[i]);
                        // As far as it came.
                        Assert.InRange(logits[i].Count, seen, alone[i].Logits.Length);
                        Assert.Equal(alone[i].Logits.Take(logits[i].Count), logits[i]);
                        return;
                    case object other:
                        throw new InvalidOperationException($"{i}: {other}");
                    case null:
                        throw new TimeoutException($"{i}");
                }
            }
        }
    }

    [Fact]
    public async Task Waves_LongPromptAmongShortOnes_NobodyMissesAWave()
    {
        await using StreamedModel model = await OpenAsync();
        // The wave of each token: the logits of a wave come together, and every wave has some.
        ConcurrentDictionary<int, List<long>> wavesOf = new();
        long wave = 0;
        GenerationOptions Watched(int i, int tokens) => s_some with
        {
            MaxTokens = tokens,
            OnLogits = (_, _) => wavesOf.GetOrAdd(i, _ => []).Add(i == 0 ? ++wave : wave),
        };
        Task<GenerationResult> steady = model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(0, 3)), Watched(0, 100));
        await WaitAsync(model, s => s.GeneratedTokens > 3);
        Task<GenerationResult> large = model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 300)), Watched(1, 4));
        Task<GenerationResult>[] small = [.. Enumerable.Range(2, 5).Select(i => model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(i, 4)), Watched(i, 10)))];
        GenerationResult[] results = await Task.WhenAll([steady, large, .. small]);
        Assert.All(results, r => Assert.Equal(0, r.Completed.Usage.MostWavesWaited));
        Assert.Equal(100, results[0].Completed.Usage.Waves);
        // A short prompt and its tokens take no more waves than they have positions, whatever the long one does.
        Assert.All(results[2..], r => Assert.InRange(r.Completed.Usage.Waves, 10, 13));
        foreach (List<long> waves in wavesOf.Where(w => w.Key != 0).Select(w => w.Value))
            for (int i = 1; i < waves.Count; i++) Assert.InRange(waves[i] - waves[i - 1], 0, 1);
        Assert.InRange((await model.GetGenerationStatisticsAsync()).MostPositions, 9, 16);
    }

    [Fact]
    public async Task Queue_WhileOneGenerates_HoldsAsManyMoreAsItSays()
    {
        await using StreamedModel model = await OpenAsync(generation: g => g with { MaxSequences = 1, MaxQueued = 2 });
        using CancellationTokenSource end = new();
        Task<GenerationResult> running = model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(0, 3)), s_some with { MaxTokens = 100, Cancellation = end.Token });
        await WaitAsync(model, s => s.GeneratedTokens > 0);
        TestProbe probe = CreateTestProbe();
        StorageGate gate = Faults.Hold();
        GenerationId[] ids = [.. Enumerable.Range(0, 3).Select(_ => GenerationId.New())];
        foreach (GenerationId id in ids) model.Actor.Tell(new Generate(id, GenerationPrompt.FromTokens(Prompt(1, 3)), s_some with { MaxTokens = 1 }), probe);
        GenerationRefused refused = Assert.IsType<GenerationRefused>(probe.ReceiveOne(Patience));
        Assert.Equal((ids[2], GenerationRefusal.QueueFull), (refused.Id, refused.Reason));
        gate.Open();
        end.Cancel();
        await running;
    }

    [Fact]
    public async Task Queue_MoreThanMaySequences_TheHighestPriorityThenTheEarliestAreNext()
    {
        await using StreamedModel model = await OpenAsync(generation: g => g with { MaxSequences = 1, MaxQueued = 3 });
        StorageGate gate = Faults.Hold();
        TestProbe probe = CreateTestProbe();
        GenerationId[] ids = [.. Enumerable.Range(0, 6).Select(_ => GenerationId.New())];
        int[] priorities = [0, 0, 5, 0, 0, 0];
        for (int i = 0; i < ids.Length; i++)
            model.Actor.Tell(new Generate(ids[i], GenerationPrompt.FromTokens(Prompt(i, 3)), s_some with { MaxTokens = 2, Priority = priorities[i] }), probe);
        for (int i = 4; i < 6; i++)
        {
            GenerationRefused refused = Assert.IsType<GenerationRefused>(probe.ReceiveOne(Patience));
            Assert.Equal((ids[i], GenerationRefusal.QueueFull), (refused.Id, refused.Reason));
        }

        gate.Open();
        List<GenerationId> order = [];
        while (order.Count < 4)
            if (probe.ReceiveOne(Patience) is GenerationCompleted c) order.Add(c.Id);
        Assert.Equal([ids[2], ids[0], ids[1], ids[3]], order);
    }

    [Theory]
    [InlineData("requester")]
    [InlineData("cancel")]
    [InlineData("token")]
    [InlineData("deadline")]
    public async Task Generate_EndedInTheMiddle_LeavesNothingBehind(string how)
    {
        await using StreamedModel model = await OpenAsync(BudgetOfLongTexts);
        using CancellationTokenSource cancellation = new();
        TestProbe probe = CreateTestProbe();
        GenerationId running = GenerationId.New(), waiting = GenerationId.New();
        GenerationOptions options = s_some with
        {
            MaxTokens = 400,
            Cancellation = how == "token" ? cancellation.Token : default,
            Timeout = how == "deadline" ? TimeSpan.FromSeconds(2) : null,
        };
        model.Actor.Tell(new Generate(running, GenerationPrompt.FromTokens(Prompt(1, 20)), options), probe);
        Assert.IsType<TokenGenerated>(probe.ReceiveOne(Patience));
        // A wave waits for a lease; what it reads by itself, rows of the embedding, is not held.
        Segment held = model.Description.Layout.Segments.Of(LayerId.Block(2))[1];
        StorageGate gate = Faults.Hold(offset: held.FileOffset, byteLength: held.FileByteLength);
        // As much as there is: it has to wait for the memory of the first.
        model.Actor.Tell(new Generate(waiting, GenerationPrompt.FromTokens(Prompt(2, 20)), options with { MaxTokens = 450 }), probe);
        await WaitAsync(model, s => s.QueuedRequests == 1 || s.ActiveSequences == 2);
        if (how == "requester") Sys.Stop(probe);
        if (how == "cancel") model.Actor.Tell(new CancelGeneration(running));
        if (how == "cancel") model.Actor.Tell(new CancelGeneration(waiting));
        if (how == "token") cancellation.Cancel();
        if (how != "requester")
        {
            IEnd end = Receive(probe, running).End;
            GenerationCompleted completed = Assert.IsType<GenerationCompleted>(end);
            Assert.Equal(how == "deadline" ? GenerationEnd.Deadline : GenerationEnd.Cancelled, completed.Reason);
        }

        gate.Open();
        await AssertNothingKeptAsync(model);
        Faults.Clear();
        Assert.Equal(GenerationEnd.MaxTokens, (await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 5)), s_some)).Completed.Reason);
    }

    [Fact]
    public async Task Generate_RequesterBelowAnActorNamedTemp_IsWatchedAllTheSame()
    {
        await using StreamedModel model = await OpenAsync(BudgetOfLongTexts);
        IActorRef parent = Sys.ActorOf(Props.Create(() => new Parent()), "temp");
        IActorRef requester = await parent.Ask<IActorRef>("child", Patience);
        model.Actor.Tell(new Generate(GenerationId.New(), GenerationPrompt.FromTokens(Prompt(1, 20)), s_some with { MaxTokens = 400, OutputWindow = 4 }), requester);
        await WaitAsync(model, s => s.PausedSequences == 1);
        Sys.Stop(requester);
        await AssertNothingKeptAsync(model);
    }

    [Fact]
    public async Task Budget_ShrinksWhileScratchMemoryIsReplaced_TheRequestFailsAndTheProcessLives()
    {
        await using StreamedModel model = await OpenAsync("8MiB", g => g with { MemoryTimeout = TimeSpan.FromMilliseconds(100), ScratchShare = 1 });
        TestProbe probe = CreateTestProbe();
        GenerationId first = GenerationId.New(), second = GenerationId.New();
        model.Actor.Tell(new Generate(first, GenerationPrompt.FromTokens(Prompt(1, 3)), s_some with { OutputWindow = 2 }), probe);
        await WaitAsync(model, s => s.PausedSequences == 1);
        // Everything is leased: memory for the waves of a longer prompt cannot be had, and what was there is given up.
        MemoryStatus memory = await model.GetMemoryAsync();
        await model.ResizeBudgetAsync(BudgetSpec.Bytes(memory.BufferBytes + model.Description.Layout.AllLayersBytes + memory.GenerationBytes));
        using LayerLease lease = await model.AcquireAsync(new LayerCacheProtocol.AcquireLayers(model.Description.Layers));
        long smallest = memory.BufferBytes + memory.SmallestCacheBytes + memory.ConstantBytes + memory.KvBytes;
        model.Actor.Tell(new Generate(second, GenerationPrompt.FromTokens(Prompt(2, 100)), s_some), probe);
        List<IEnd> ends = [];
        for (DateTime end = DateTime.UtcNow + Patience; ends.Count < 2 && DateTime.UtcNow < end;)
        {
            model.Actor.Tell(new ModelProtocol.ResizeBudget(BudgetSpec.Bytes(smallest)), ActorRefs.NoSender);
            if (probe.ReceiveOne(TimeSpan.FromMilliseconds(1)) is IEnd e) ends.Add(e);
        }

        Assert.IsType<GenerationRefused>(ends.Single(e => e.Id == second));
        Assert.Equal(GenerationFault.MemoryUnavailable, Assert.IsType<GenerationFailed>(ends.Single(e => e.Id == first)).Reason);
    }

    [Fact]
    public async Task Wave_StorageFails_ItsRequestsFailWithTheReasonAndTheNextWorks()
    {
        await using StreamedModel model = await OpenAsync("700KiB", configure: s => s with { Storage = s.Storage with { MaxRetries = 0 } });
        IReadOnlyList<TokenId> expected = (await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 20)), s_some)).Tokens;
        TestProbe probe = CreateTestProbe();
        GenerationId id = GenerationId.New();
        model.Actor.Tell(new Generate(id, GenerationPrompt.FromTokens(Prompt(1, 20)), s_some with { SessionId = "a" }), probe);
        Assert.IsType<TokenGenerated>(probe.ReceiveOne(Patience));
        Faults.FailReads();
        (List<GeneratedToken> tokens, IEnd end) = Receive(probe, id);
        GenerationFailed failed = Assert.IsType<GenerationFailed>(end);
        Assert.Equal(GenerationFault.WeightsUnavailable, failed.Reason);
        Assert.Contains("scripted", failed.Text);
        Assert.Equal(expected.Skip(1).Take(tokens.Count), tokens.Select(t => t.Token));
        Faults.Clear();
        await AssertNothingKeptAsync(model);
        Assert.Equal(expected, (await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 20)), s_some)).Tokens);
    }

    [Fact]
    public async Task Wave_RegionRestarts_IsRunAgainAndNothingIsLost()
    {
        await using StreamedModel model = await OpenAsync("900KiB");
        (GenerationResult expected, ulong[] logits) = await ObserveAsync(model, Prompt(1, 20), s_some with { MaxTokens = 60 });
        Task<(GenerationResult Result, ulong[] Logits)> again = ObserveAsync(model, Prompt(1, 20), s_some with { MaxTokens = 60 });
        for (int i = 0; i < 4; i++)
        {
            long waves = (await model.GetGenerationStatisticsAsync()).Waves;
            await WaitAsync(model, s => s.Waves > waves + 3);
            Sys.ActorSelection(model.Actor.Path / (i % 2 == 0 ? "region" : "layer-cache")).Tell(Kill.Instance);
        }

        Assert.Equal(expected.Tokens, (await again).Result.Tokens);
        Assert.Equal(logits, (await again).Logits);
        await AssertNothingKeptAsync(model);
    }

    [Fact]
    public async Task Scheduler_Fails_ItsRequestsAreToldAndTheNextWorks()
    {
        await using StreamedModel model = await OpenAsync(BudgetOfLongTexts);
        TestProbe probe = CreateTestProbe();
        GenerationId id = GenerationId.New();
        model.Actor.Tell(new Generate(id, GenerationPrompt.FromTokens(Prompt(1, 20)), s_some with { MaxTokens = 400 }), probe);
        Assert.IsType<TokenGenerated>(probe.ReceiveOne(Patience));
        long generation = (await model.GetStatisticsAsync()).Generation;
        Sys.ActorSelection(model.Actor.Path / "scheduler").Tell(Kill.Instance);
        Assert.Equal(GenerationFault.Internal, Assert.IsType<GenerationFailed>(Receive(probe, id).End).Reason);
        await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 20)), s_some);
        Assert.Equal(generation, (await model.GetStatisticsAsync()).Generation);
        await AssertNothingKeptAsync(model);
    }

    [Fact]
    public async Task Scheduler_FailsWhileItOpens_WhatItOpenedIsNotTheNextOnes()
    {
        IReadOnlyList<TokenId> expected;
        await using (StreamedModel other = await OpenAsync("900KiB")) expected = (await other.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 20)), s_some)).Tokens;

        await using StreamedModel model = await OpenAsync("900KiB");
        StorageGate gate = Faults.Hold();
        TestProbe probe = CreateTestProbe();
        GenerationId id = GenerationId.New();
        model.Actor.Tell(new Generate(id, GenerationPrompt.FromTokens(Prompt(1, 20)), s_some), probe);
        Assert.True(gate.WaitForInside(1, Patience));
        Sys.ActorSelection(model.Actor.Path / "scheduler").Tell(Kill.Instance);
        Assert.IsAssignableFrom<IEnd>(Receive(probe, id).End);
        Task<GenerationResult> next = model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 20)), s_some);
        gate.Open();
        Assert.Equal(expected, (await next).Tokens);
        await AssertNothingKeptAsync(model);
    }

    [Fact]
    public async Task Close_WhileGenerating_EveryRequestIsToldAndTheBudgetIsGivenBack()
    {
        StreamedModel model = await OpenAsync("1200KiB");
        TestProbe probe = CreateTestProbe();
        GenerationId[] ids = [GenerationId.New(), GenerationId.New()];
        foreach (GenerationId id in ids) model.Actor.Tell(new Generate(id, GenerationPrompt.FromTokens(Prompt(1, 20)), s_some with { MaxTokens = 300 }), probe);
        Assert.IsType<TokenGenerated>(probe.ReceiveOne(Patience));
        await model.DisposeAsync();
        HashSet<GenerationId> ended = [];
        while (ended.Count < 2)
        {
            object m = probe.ReceiveOne(Patience);
            Assert.NotNull(m);
            if (m is not IEnd end) continue;
            Assert.True(end is GenerationFailed { Reason: GenerationFault.ModelClosed } or GenerationRefused { Reason: GenerationRefusal.ModelClosed }, $"{end}");
            Assert.True(ended.Add(end.Id));
        }

        Assert.True(SpinWait.SpinUntil(() => Extension.Ledger.ReservedBytes == 0, Patience), $"{Extension.Ledger.ReservedBytes} bytes stay reserved");
        GenerationId late = GenerationId.New();
        model.Actor.Tell(new Generate(late, GenerationPrompt.FromTokens(Prompt(1, 2)), s_some), probe);
        Assert.Equal(GenerationRefusal.ModelClosed, Assert.IsType<GenerationRefused>(Receive(probe, late).End).Reason);
    }

    [Fact]
    public async Task Wave_BlockedInARead_NoThreadOfTheDefaultPoolWaits()
    {
        await using StreamedModel model = await OpenAsync("900KiB");
        await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 5)), s_some);
        StorageGate gate = Faults.Hold();
        Task<GenerationResult> blocked = model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 5)), s_some);
        Assert.True(gate.WaitForInside(1, Patience));
        // While the wave waits, its scheduler answers, and so does every thread of the pool.
        for (int i = 0; i < 100; i++) Assert.Equal(1, (await model.GetGenerationStatisticsAsync()).ActiveSequences);
        using CountdownEvent all = new(Environment.ProcessorCount);
        for (int i = 0; i < Environment.ProcessorCount; i++)
            ThreadPool.QueueUserWorkItem(_ =>
            {
                all.Signal();
                all.Wait(Patience);
            });
        Assert.True(all.Wait(Patience));
        Assert.False(blocked.IsCompleted);
        gate.Open();
        await blocked;
    }

    private sealed class Parent : ReceiveActor
    {
        public Parent() => Receive<string>(name => Sender.Tell(Context.ActorOf(Akka.Actor.Props.Empty, name)));
    }

    private static async Task WaitAsync(StreamedModel model, Func<GenerationStatistics, bool> condition)
    {
        for (int i = 0; i < 3000; i++)
        {
            if (condition(await model.GetGenerationStatisticsAsync())) return;
            await Task.Delay(2);
        }

        throw new TimeoutException((await model.GetGenerationStatisticsAsync()).ToString());
    }

    private static async Task<int> WatchAccountsAsync(StreamedModel model, CancellationToken end)
    {
        int looks = 0;
        while (!end.IsCancellationRequested)
        {
            GenerationStatistics s = await model.GetGenerationStatisticsAsync();
            RegionProtocol.RegionStatus region = await model.GetRegionStatusAsync();
            MemoryStatus m = s.Memory!;
            Assert.True(m.BufferBytes + m.GenerationBytes + m.CacheBytes <= m.BudgetBytes, m.ToString());
            Assert.True(s.KvUsedBytes <= m.KvBytes, $"{s.KvUsedBytes} of {m.KvBytes} bytes of keys and values");
            Assert.True(region.HeldBytes + m.GenerationBytes <= m.BudgetBytes || m != (await model.GetMemoryAsync()), $"{region.HeldBytes} and {m}");
            looks++;
            await Task.Delay(1, CancellationToken.None);
        }

        return looks;
    }
}
