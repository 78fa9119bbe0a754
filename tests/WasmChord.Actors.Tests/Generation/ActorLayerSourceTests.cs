using Akka.Actor;
using WasmChord.Gguf;
using WasmChord.Inference;
using WasmChord.Memory64;
using Xunit.Abstractions;

namespace WasmChord.Actors.Tests;

public sealed class ActorLayerSourceTests(ITestOutputHelper output) : EngineTestKit
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("smallest")]
    [InlineData("2layers")]
    [InlineData("5layers")]
    [InlineData("9layers")]
    public async Task Acquire_AnyBudget_EverySegmentShowsTheFilesBytesWaveAfterWave(string budget)
    {
        await using StreamedModel model = await OpenAsync(await BudgetAsync(budget));
        using ActorLayerSource source = await SourceAsync(model);
        await OnThread(() =>
        {
            for (int wave = 0; wave < 4; wave++) Walk(source, Order(model));
        });
        source.ReturnAll();
        await AssertNothingHeldAsync(model);
        RegionProtocol.RegionStatus region = await model.GetRegionStatusAsync();
        MemoryStatus memory = await model.GetMemoryAsync();
        Assert.True(region.HeldBytes <= memory.CacheBytes);
    }

    [Fact]
    public async Task Acquire_WholeModelFits_SteadyStateAsksTheCacheNothing()
    {
        await using StreamedModel model = await OpenAsync("9layers");
        using ActorLayerSource source = await SourceAsync(model);
        IReadOnlyList<SegmentId> order = Order(model);
        await OnThread(() =>
        {
            for (int wave = 0; wave < 3; wave++) Walk(source, order);
        });
        long grants = (await model.GetStatisticsAsync()).Cache.Grants;
        long leases = source.LeaseCount;
        await OnThread(() =>
        {
            for (int wave = 0; wave < 20; wave++) Walk(source, order);
        });
        Assert.Equal(leases, source.LeaseCount);
        Assert.Equal(grants, (await model.GetStatisticsAsync()).Cache.Grants);
    }

    [Fact]
    public async Task Waves_BudgetBelowTheModel_HitsAreWhatAFixedPartGives()
    {
        await using StreamedModel model = await OpenAsync("3layers", s => s with { IoParallelism = 1 });
        using ActorLayerSource source = await SourceAsync(model);
        IReadOnlyList<SegmentId> order = Order(model);
        await OnThread(() =>
        {
            for (int wave = 0; wave < 5; wave++) Walk(source, order);
        });
        CacheStatistics before = (await model.GetStatisticsAsync()).Cache;
        const int Waves = 20;
        await OnThread(() =>
        {
            for (int wave = 0; wave < Waves; wave++) Walk(source, order);
        });
        CacheStatistics after = (await model.GetStatisticsAsync()).Cache;
        SegmentTable table = model.Description.Layout.Segments;
        double orderBytes = order.Sum(id => table[id].FrameCount) * table.FrameBytes;
        double hits = after.Hits - before.Hits, accesses = after.Accesses - before.Accesses;
        // In use, on its way, and read ahead: one segment each, with frames that neighbours share.
        double window = 3.0 * model.Description.Layout.LargestSegmentBytes;
        double least = (after.TargetBytes - window) / orderBytes;
        output.WriteLine($"hits {hits / accesses:f3} of (C-W)/L {least:f3}, C/L {after.TargetBytes / orderBytes:f3}");
        Assert.Equal(Waves * order.Count, accesses);
        Assert.InRange(hits / accesses, least - 0.03, 1);
    }

    [Fact]
    public async Task Acquire_SegmentsOutsideTheOrder_AreExpectedReadAheadAndLeasedTogether()
    {
        await using StreamedModel model = await OpenAsync("4layers");
        using ActorLayerSource source = await SourceAsync(model);
        SegmentTable table = model.Description.Layout.Segments;
        SegmentId[] experts = [.. Order(model).Where(id => table[id].Layer.IsBlock && id.Value % 2 == 0)];
        SegmentId[] order = [.. Order(model).Except(experts)];
        await OnThread(() =>
        {
            for (int wave = 0; wave < 3; wave++)
            {
                source.BeginWave(order);
                for (int block = 0; block < 6; block++)
                {
                    foreach (SegmentId id in order.Where(id => table[id].Layer == LayerId.Block(block))) AssertBytes(source.Acquire(table[id]));
                    SegmentId[] routed = [.. experts.Where(id => table[id].Layer == LayerId.Block(block) && (id.Value + wave) % 3 != 0)];
                    source.Expect(routed);
                    foreach (SegmentId id in routed) AssertBytes(source.Acquire(table[id]));
                }

                source.EndWave();
            }
        });
        source.ReturnAll();
        await AssertNothingHeldAsync(model);
    }

    [Fact]
    public async Task Acquire_StorageFails_SaysWhyAndTheNextWaveGoesThrough()
    {
        await using StreamedModel model = await OpenAsync("3layers");
        using ActorLayerSource source = await SourceAsync(model);
        IReadOnlyList<SegmentId> order = Order(model);
        Segment broken = model.Description.Layout.Segments[order[^3]];
        StorageFault fault = Faults.FailReads(offset: broken.FileOffset, byteLength: broken.FileByteLength);
        await OnThread(() =>
        {
            WeightsUnavailableException e = Assert.Throws<WeightsUnavailableException>(() => Walk(source, order));
            Assert.Contains($"{broken.FileOffset}", e.Message);
            Assert.Contains("LayerUnavailable", e.Message);
            Assert.False(source.WasInterrupted);
            fault.Dispose();
            Walk(source, order);
        });
        source.ReturnAll();
        await AssertNothingHeldAsync(model);
    }

    [Fact]
    public async Task Acquire_Cancelled_EndsTheWaitAndNothingStaysAskedFor()
    {
        await using StreamedModel model = await OpenAsync("3layers");
        using ActorLayerSource source = await SourceAsync(model);
        StorageGate gate = Faults.Hold();
        using CancellationTokenSource cancellation = new();
        using CancellationTokenRegistration wake = cancellation.Token.Register(source.Wake);
        source.Cancellation = cancellation.Token;
        Task wave = OnThread(() => Assert.Throws<OperationCanceledException>(() => Walk(source, Order(model))));
        Assert.True(gate.WaitForInside(1, s_patience));
        cancellation.Cancel();
        await wave.WaitAsync(s_patience);
        gate.Open();
        source.Cancellation = default;
        await AssertNothingHeldAsync(model);
        await OnThread(() => Walk(source, Order(model)));
    }

    [Fact]
    public async Task Acquire_RegionRestartsBetweenGroups_TheWaveGoesOnWithTheNewGeneration()
    {
        await using StreamedModel model = await OpenAsync("3layers");
        using ActorLayerSource source = await SourceAsync(model);
        IReadOnlyList<SegmentId> order = Order(model);
        SegmentTable table = model.Description.Layout.Segments;
        long generation = (await model.GetRegionStatusAsync()).Generation;
        await OnThread(() =>
        {
            source.BeginWave(order);
            for (int i = 0; i < order.Count; i++)
            {
                if (i == order.Count / 2)
                {
                    Sys.ActorSelection(model.Actor.Path / "region").Tell(Kill.Instance);
                    Assert.True(SpinWait.SpinUntil(() => source.Acquire(table[order[i]]).Generation > generation, s_patience));
                }

                AssertBytes(source.Acquire(table[order[i]]));
            }

            source.EndWave();
        });
        Assert.True(source.WasInterrupted);
        source.ReturnAll();
        await AssertNothingHeldAsync(model);
    }

    [Fact]
    public async Task Acquire_HolderDies_TheLeaseIsTakenBack()
    {
        await using StreamedModel model = await OpenAsync("9layers");
        IActorRef[] holders = [.. Enumerable.Range(0, 3).Select(_ => Sys.ActorOf(Props.Empty))];
        using ActorLayerSource source = await SourceAsync(model, holders);
        IReadOnlyList<SegmentId> order = Order(model);
        await OnThread(() =>
        {
            Walk(source, order);
            Walk(source, order);
        });
        Assert.Equal(1, (await model.GetStatisticsAsync()).Cache.Leases);
        foreach (IActorRef holder in holders) Sys.Stop(holder);
        await AssertNothingHeldAsync(model);
    }

    [Fact]
    public async Task Read_Rows_AreTheFilesBytesAndErrorsAreRepeatedThenTold()
    {
        await using StreamedModel model = await OpenAsync();
        using ActorLayerSource source = await SourceAsync(model);
        TensorInfo embedding = source.Tensors.Single(t => t.Name == "token_embd.weight");
        byte[] row = new byte[embedding.RowBytes];
        Faults.FailReads(times: 2);
        source.Read(embedding, 3 * embedding.RowBytes, row);
        Assert.True(row.AsSpan().SequenceEqual(Model.Bytes.AsSpan((int)(embedding.FileOffset + 3 * embedding.RowBytes), row.Length)));
        Faults.FailReads();
        Assert.Contains("scripted", Assert.Throws<WeightsUnavailableException>(() => source.Read(embedding, 0, row)).Message);
        Faults.Clear();
        Assert.Throws<WeightsUnavailableException>(() => source.Read(embedding, embedding.ByteLength - row.Length + 1, row));
    }

    [Fact]
    public async Task Read_RowWithABitFlippedSinceItsFirstRead_IsAnErrorNeverAWrongByte()
    {
        await using StreamedModel model = await OpenAsync();
        using ActorLayerSource source = await SourceAsync(model);
        TensorInfo embedding = source.Tensors.Single(t => t.Name == "token_embd.weight");
        byte[] row = new byte[embedding.RowBytes];
        for (int i = 2; i <= 4; i++) source.Read(embedding, i * embedding.RowBytes, row);
        foreach (int at in new[] { 0, row.Length - 1 })
        {
            Faults.FlipBit(embedding.FileOffset + 3 * embedding.RowBytes + at, bit: at % 8);
            string text = Assert.Throws<WeightsUnavailableException>(() => source.Read(embedding, 3 * embedding.RowBytes, row)).Message;
            Assert.Contains("row 3", text);
            Assert.Contains("checksum", text);
            source.Read(embedding, 4 * embedding.RowBytes, row);
            Faults.Clear();
        }

        // Another scheduler's source knows what the first has read.
        Faults.FlipBit(embedding.FileOffset + 2 * embedding.RowBytes);
        using ActorLayerSource other = await SourceAsync(model);
        Assert.Throws<WeightsUnavailableException>(() => other.Read(embedding, 2 * embedding.RowBytes, row));
        Faults.Clear();
        source.Read(embedding, 3 * embedding.RowBytes, row);
        Assert.True(row.AsSpan().SequenceEqual(Model.Bytes.AsSpan((int)(embedding.FileOffset + 3 * embedding.RowBytes), row.Length)));
    }

    [Fact]
    public async Task Acquire_ReservationShrinksTheCacheDuringAWave_TheWaveGoesThrough()
    {
        await using StreamedModel model = await OpenAsync("4layers");
        using ActorLayerSource source = await SourceAsync(model);
        IReadOnlyList<SegmentId> order = Order(model);
        long bytes = (await model.GetMemoryAsync()).MostGenerationBytes;
        for (int round = 0; round < 5; round++)
        {
            Task wave = OnThread(() => Walk(source, order));
            object answer = await model.Actor.Ask<object>(new ModelProtocol.ReserveMemory(MemoryUse.KvCache, bytes, s_patience), s_patience);
            Assert.IsType<ModelProtocol.MemoryReserved>(answer);
            await wave.WaitAsync(s_patience);
            model.Actor.Tell(new ModelProtocol.ReleaseMemory(MemoryUse.KvCache, bytes));
        }
    }

    private static Task OnThread(Action action) => Task.Factory.StartNew(action, TaskCreationOptions.LongRunning);

    private static SegmentId[] Order(StreamedModel model) =>
        [.. model.Description.Layout.Segments.Segments.ToArray().Where(s => s.Layer != LayerId.Embedding && s.FileByteLength > 1024).Select(s => s.Id)];

    private async Task<string> BudgetAsync(string budget)
    {
        if (budget != "smallest") return budget;
        await using StreamedModel model = await OpenAsync("9layers");
        return $"{model.Description.BufferBytes + 2 * model.Description.Layout.LargestSegmentBytes}";
    }

    private void Walk(ActorLayerSource source, IReadOnlyList<SegmentId> order)
    {
        source.BeginWave(order);
        try
        {
            foreach (SegmentId id in order) AssertBytes(source.Acquire(source.Layout.Segments[id]), id);
        }
        finally
        {
            source.EndWave();
        }
    }

    private void AssertBytes(LayerLease lease, SegmentId id)
    {
        Assert.True(lease.TryRead(out LeaseReader reader));
        using (reader)
        {
            Segment s = lease.Segments.ToArray().Single(s => s.Id == id);
            Assert.True(reader.Bytes(s).SequenceEqual(Model.Bytes.AsSpan((int)s.FileOffset, (int)s.FileByteLength)), $"segment {id}");
        }
    }

    // The same files and layout that the model's actors have, with the account that its supervisor keeps.
    private async Task<ActorLayerSource> SourceAsync(StreamedModel model, IReadOnlyList<IActorRef>? holders = null)
    {
        ModelServices services = await model.Actor.Ask<ModelServices>(new ModelSupervisor.GetServices(), s_patience);
        IActorRef cache = await Sys.ActorSelection(model.Actor.Path / "layer-cache").ResolveOne(s_patience);
        return new ActorLayerSource(services, Sys, cache, holders ?? [.. Enumerable.Range(0, 3).Select(_ => Sys.ActorOf(Props.Empty))]);
    }
}
