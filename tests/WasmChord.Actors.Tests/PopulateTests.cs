using Akka.Actor;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Actors.Tests;

public sealed class PopulateTests : EngineTestKit
{
    private static readonly ImageOptions s_huge = new(FrameBytes: ImageOptions.HugePageBytes);

    [SkippableFact]
    public async Task Populate_AtOpen_AllThatWeightsMayTakeIsThereBeforeAnythingIsRead()
    {
        Skip.IfNot(MappedImage.IsSupported, "frames are moved on Linux alone");
        await using StreamedModel model = await OpenAsync(configure: s => s with { Image = s_huge, Populate = PopulateMode.Open });

        LayerCacheProtocol.Statistics statistics = await model.GetStatisticsAsync();
        RegionProtocol.RegionStatus region = await model.GetRegionStatusAsync();

        Assert.Equal(0, statistics.Cache.BytesRead);
        Assert.InRange(region.HeldBytes, statistics.Cache.TargetBytes - ImageOptions.HugePageBytes + 1, statistics.Cache.TargetBytes);
        foreach (LayerId layer in model.Description.Layers)
        {
            using LayerLease lease = await model.AcquireLayerAsync(layer);
            AssertBytes(lease);
            Assert.InRange((await model.GetRegionStatusAsync()).HeldBytes, 0, statistics.Cache.TargetBytes);
        }
    }

    [Fact]
    public async Task Populate_AtOpenAndTheRegionKilled_RequestsWaitForTheNextGeneration()
    {
        await using StreamedModel model = await OpenAsync(configure: s => s with { Image = s_huge, Populate = PopulateMode.Open });

        Sys.ActorSelection(model.Actor.Path / "region").Tell(Kill.Instance);
        for (long generation = 1; generation == 1;) generation = (await model.GetStatisticsAsync()).Generation;

        using LayerLease lease = await model.AcquireLayerAsync(LayerId.Block(1));
        AssertBytes(lease);
    }

    [SkippableTheory]
    [InlineData(PopulateMode.Off)]
    [InlineData(PopulateMode.Ahead)]
    public async Task Populate_Otherwise_NoMoreThanReadAheadIsTouchedBeforeItIsNeeded(PopulateMode mode)
    {
        Skip.IfNot(MappedImage.IsSupported, "frames are moved on Linux alone");
        await using StreamedModel model = await OpenAsync(budget: "6layers", configure: s => s with { Image = s_huge, Populate = mode });

        RegionProtocol.RegionStatus region = await model.GetRegionStatusAsync();

        long most = mode == PopulateMode.Off ? 0 : model.Description.Layout.LargestLayerBytes + ImageOptions.HugePageBytes;
        Assert.InRange(region.HeldBytes, 0, most);
    }
}
