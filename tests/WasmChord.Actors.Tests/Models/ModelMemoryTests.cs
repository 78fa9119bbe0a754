using Akka.Actor;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Actors.Tests;

public sealed class ModelMemoryTests : EngineTestKit
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Reserve_FullCache_IsGrantedOnceTheRegionHasReturnedTheFrames()
    {
        await using StreamedModel model = await OpenAsync(budget: "3layers");
        await FillAsync(model);
        MemoryStatus before = await model.GetMemoryAsync();
        Assert.IsType<ModelProtocol.MemoryReserved>(await ReserveAsync(model, 20_000));
        RegionProtocol.RegionStatus region = await model.GetRegionStatusAsync();
        MemoryStatus after = await model.GetMemoryAsync();
        Assert.Equal(20_000, after.KvBytes);
        Assert.Equal(before.CacheBytes - 20_000, after.CacheBytes);
        Assert.True(region.HeldBytes <= after.CacheBytes, $"{region.HeldBytes} held, {after.CacheBytes} allowed");
        model.Actor.Tell(new ModelProtocol.ReleaseMemory(MemoryUse.KvCache, 20_000));
        MemoryStatus released = await model.GetMemoryAsync();
        Assert.Equal(before with { PeakGenerationBytes = 20_000, PeakResidentBytes = released.PeakResidentBytes }, released);
        Assert.InRange(released.PeakResidentBytes, before.PeakResidentBytes, before.BudgetBytes);
    }

    [Fact]
    public async Task Peak_MemoryWasGivenBack_IsStillWhatItWas()
    {
        await using StreamedModel model = await OpenAsync(budget: "5layers");
        await FillAsync(model);
        MemoryStatus full = await model.GetMemoryAsync();
        long held = (await model.GetRegionStatusAsync()).HeldBytes;
        Assert.InRange(full.PeakResidentBytes, held, full.BudgetBytes);
        long smaller = await model.ResizeBudgetAsync(BudgetSpec.Parse("2layers"));
        while ((await model.GetRegionStatusAsync()).HeldBytes > smaller) await Task.Delay(10);
        Assert.Equal((full.PeakResidentBytes, full.BudgetBytes), ((await model.GetMemoryAsync()).PeakResidentBytes, (await model.GetMemoryAsync()).MostBudgetBytes));
        Assert.True(full.PeakResidentBytes > smaller, $"{full.PeakResidentBytes} bytes at most, {smaller} allowed now");
    }

    [Fact]
    public void Peak_WeightsAndGenerationInTurn_IsOfOneMomentAndNotASumOfTwo()
    {
        ModelMemory memory = new(() => 0);
        Assert.True(memory.TrySetBudget(1000, 100, 200));
        memory.Observe(900);
        Assert.True(memory.TryPromise(600));
        memory.Observe(300);
        memory.Keep(MemoryUse.KvCache, 600);
        Assert.Equal(900, memory.Snapshot().PeakResidentBytes);
        Assert.True(memory.TryRelease(MemoryUse.KvCache, 600));
        memory.Grow(MemoryUse.Scratch, 500);
        Assert.True(memory.TryRelease(MemoryUse.Scratch, 500));
        memory.Shrink(500);
        Assert.Equal((900, 1500, 1000), (memory.Snapshot().PeakResidentBytes, memory.Snapshot().MostBudgetBytes, memory.TotalBytes));
        memory.Grow(MemoryUse.Scratch, 700);
        Assert.Equal((1000, 1700), (memory.Snapshot().PeakResidentBytes, memory.Snapshot().MostBudgetBytes));
    }

    [Fact]
    public async Task Reserve_MoreThanTheSmallestCacheLeaves_IsRefusedWithTheNumbers()
    {
        await using StreamedModel model = await OpenAsync(budget: "3layers");
        MemoryStatus before = await model.GetMemoryAsync();
        var refused = Assert.IsType<ModelProtocol.MemoryRefused>(await ReserveAsync(model, before.MostGenerationBytes + 1));
        Assert.Contains($"{before.MostGenerationBytes}", refused.Text);
        Assert.Contains($"{before.BudgetBytes}", refused.Text);
        Assert.Equal(before, await model.GetMemoryAsync());
        Assert.IsType<ModelProtocol.MemoryReserved>(await ReserveAsync(model, before.MostGenerationBytes));
        await FillAsync(model, bySegment: true);
    }

    [Fact]
    public async Task Reserve_LeaseHoldsTheMemory_WaitsForItAndIsRefusedAtItsDeadline()
    {
        await using StreamedModel model = await OpenAsync(budget: "1layer");
        MemoryStatus before = await model.GetMemoryAsync();
        LayerLease lease = await model.AcquireLayerAsync(LayerId.Block(0));
        long bytes = before.MostGenerationBytes;
        var refused = Assert.IsType<ModelProtocol.MemoryRefused>(await ReserveAsync(model, bytes, TimeSpan.FromMilliseconds(50)));
        Assert.Contains("in time", refused.Text);
        Task<object> waiting = ReserveAsync(model, bytes);
        Assert.False(waiting.IsCompleted);
        lease.Dispose();
        Assert.IsType<ModelProtocol.MemoryReserved>(await waiting);
    }

    [Fact]
    public async Task Reserve_RegionRestart_KeepsWhatIsReservedInTheAccount()
    {
        await using StreamedModel model = await OpenAsync(budget: "4layers");
        await FillAsync(model);
        await ReserveAsync(model, 30_000);
        long generation = (await model.GetRegionStatusAsync()).Generation;
        Sys.ActorSelection(model.Actor.Path / "region").Tell(Kill.Instance);
        while ((await model.GetStatisticsAsync()).Generation == generation) await Task.Delay(10);
        MemoryStatus status = await model.GetMemoryAsync();
        Assert.Equal(30_000, status.KvBytes);
        Assert.Equal(status.CacheBytes, (await model.GetStatisticsAsync()).Cache.TargetBytes);
        Assert.IsType<ModelProtocol.MemoryReserved>(await ReserveAsync(model, 4096));
    }

    [Fact]
    public async Task Reserve_AutomaticBudget_GrowsByWhatTheNodeHasLeftAndShrinksAgain()
    {
        await using StreamedModel model = await OpenAsync(budget: "auto");
        long ledger = Extension.Ledger.ReservedBytes;
        MemoryStatus before = await model.GetMemoryAsync();
        Assert.IsType<ModelProtocol.MemoryReserved>(await ReserveAsync(model, 1 << 20));
        Assert.Equal(ledger + (1 << 20), Extension.Ledger.ReservedBytes);
        Assert.Equal(before.CacheBytes, (await model.GetMemoryAsync()).CacheBytes);
        model.Actor.Tell(new ModelProtocol.ReleaseMemory(MemoryUse.KvCache, 1 << 20));
        Assert.Equal(before.BudgetBytes, (await model.GetMemoryAsync()).BudgetBytes);
        Assert.Equal(ledger, Extension.Ledger.ReservedBytes);
    }

    [Fact]
    public async Task Resize_BelowWhatGenerationHolds_IsRefusedAndNothingChanges()
    {
        await using StreamedModel model = await OpenAsync(budget: "4layers");
        MemoryStatus before = await model.GetMemoryAsync();
        await ReserveAsync(model, before.MostGenerationBytes);
        await Assert.ThrowsAsync<ModelRefusedException>(() => model.ResizeBudgetAsync(BudgetSpec.Bytes(before.BudgetBytes - 1)));
        Assert.Equal(before.BudgetBytes, (await model.GetMemoryAsync()).BudgetBytes);
        Assert.Equal(before.BudgetBytes, Extension.Ledger.ReservedBytes);
    }

    [Fact]
    public async Task Release_MoreThanIsHeld_ChangesNothing()
    {
        await using StreamedModel model = await OpenAsync();
        await ReserveAsync(model, 4096);
        MemoryStatus before = await model.GetMemoryAsync();
        model.Actor.Tell(new ModelProtocol.ReleaseMemory(MemoryUse.KvCache, 4097));
        Assert.Equal(before, await model.GetMemoryAsync());
    }

    private static Task<object> ReserveAsync(StreamedModel model, long bytes, TimeSpan? timeout = null) =>
        model.Actor.Ask<object>(new ModelProtocol.ReserveMemory(MemoryUse.KvCache, bytes, timeout ?? s_patience), s_patience);

    private async Task FillAsync(StreamedModel model, bool bySegment = false)
    {
        foreach (Segment s in model.Description.Layout.Segments.Segments.ToArray())
        {
            using LayerLease lease = bySegment
                ? await model.AcquireAsync(new LayerCacheProtocol.AcquireSegments([s.Id]))
                : await model.AcquireLayerAsync(s.Layer);
            AssertBytes(lease);
        }
    }
}
