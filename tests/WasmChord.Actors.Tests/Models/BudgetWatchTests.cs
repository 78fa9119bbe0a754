using Akka.Actor;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Actors.Tests;

/// <summary>An automatic node budget that follows the machine: looks are told by the test, the clock never ticks.</summary>
public sealed class BudgetWatchTests() : EngineTestKit("""
    wasmchord {
      node-budget = auto
      auto-budget-fraction = 1
      auto-budget-headroom = 0
      budget-watch { interval = 1d, grow-after = 2 }
    }
    """)
{
    [Fact]
    public void Divide_ElasticAndFixedModels_GivesEachElasticItsFloorAndTheSamePartBeyond()
    {
        ModelShare[] shares = [new(500, 100, 1100, 0, true), new(300, 300, 300, 0, false), new(500, 200, 700, 0, true)];
        long[] targets = new long[3];
        ModelShare.Divide(shares, 1350, targets);
        Assert.Equal([600, 300, 450], targets);
        ModelShare.Divide(shares, 10_000, targets);
        Assert.Equal([1100, 300, 700], targets);
        ModelShare.Divide(shares, 50, targets);
        Assert.Equal([100, 300, 200], targets);
    }

    [Fact]
    public async Task Look_OthersTakeMemory_ShrinksAndGrowsBackWithoutRefusingAnyone()
    {
        await using StreamedModel model = await OpenAsync("auto");
        long full = model.Description.BudgetBytes;
        await UseAllAsync(model);
        long held = (await model.GetRegionStatusAsync()).HeldBytes;
        Assert.True(held > 0);

        Look(available: 0);
        Look(available: 0, pressure: 50);
        long less = await BudgetWhenAsync(model, bytes => bytes < full);
        Assert.True(less < full, $"{less} of {full}");
        Assert.True(Extension.Ledger.TotalBytes < held, $"{Extension.Ledger.TotalBytes}, the model held {held}");
        await UseAllAsync(model);
        for (int i = 0; i < 20; i++) Look(available: 0, pressure: 50);
        await UseAllAsync(model);
        long least = (await model.GetMemoryAsync()).BudgetBytes;
        Assert.True(least >= model.Description.Layout.LargestLayerBytes, $"{least}");
        Assert.True((await model.GetRegionStatusAsync()).HeldBytes <= least);

        for (int i = 0; i < 60; i++) Look(available: 1L << 30);
        Assert.Equal(full, await BudgetWhenAsync(model, bytes => bytes == full));
        await UseAllAsync(model);
    }

    [Fact]
    public async Task Look_ModelWithABudgetOfItsOwn_KeepsIt()
    {
        await using StreamedModel model = await OpenAsync("4layers");
        for (int i = 0; i < 5; i++) Look(available: 0, pressure: 50);
        await UseAllAsync(model);
        Assert.Equal(model.Description.BudgetBytes, (await model.GetMemoryAsync()).BudgetBytes);
    }

    private void Look(long available, double pressure = 0) => Extension.Watch.Tell(new BudgetWatch.Seen(new MemoryReading(available, "the test"), pressure));

    private static async Task<long> BudgetWhenAsync(StreamedModel model, Func<long, bool> condition)
    {
        for (int i = 0; ; i++)
        {
            long bytes = (await model.GetMemoryAsync()).BudgetBytes;
            if (condition(bytes) || i == 500) return bytes;
            await Task.Delay(10);
        }
    }

    private async Task UseAllAsync(StreamedModel model)
    {
        foreach (LayerId layer in model.Description.Layers)
        {
            using LayerLease lease = await model.AcquireLayerAsync(layer, TimeSpan.FromSeconds(30));
            AssertBytes(lease);
        }
    }
}
