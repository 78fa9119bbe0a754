using Akka.Streams;
using Akka.Streams.Dsl;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Actors.Tests;

public sealed class StreamedModelTests : EngineTestKit
{
    [Fact]
    public async Task AcquireLayer_EveryLayerOverABudgetOfThree_ShowsTheFilesBytesAndEvicts()
    {
        await using StreamedModel model = await OpenAsync();
        Assert.Equal(ResidencyMode.Streaming, model.Description.Residency.Mode);
        for (int pass = 0; pass < 3; pass++)
        {
            foreach (LayerId layer in model.Description.Layers)
            {
                using LayerLease lease = await model.AcquireLayerAsync(layer);
                AssertBytes(lease);
            }
        }

        CacheStatistics s = (await model.GetStatisticsAsync()).Cache;
        Assert.True(s.Evictions > 0);
        Assert.True(s.PeakBytes <= model.Description.BudgetBytes);
        Assert.True((await model.GetRegionStatusAsync()).HeldBytes <= model.Description.BudgetBytes);
        await AssertNothingHeldAsync(model);
    }

    [Theory]
    [InlineData(ResidencyFormat.F32)]
    [InlineData(ResidencyFormat.F16)]
    public async Task AcquireLayer_DecodedFormat_ShowsTheDequantizedValues(ResidencyFormat format)
    {
        await using StreamedModel model = await OpenAsync(options: new ModelOptions { Format = format });
        foreach (LayerId layer in model.Description.Layers)
        {
            using LayerLease lease = await model.AcquireLayerAsync(layer);
            AssertDecoded(model, lease, format);
        }
    }

    [Fact]
    public async Task UseLayers_ManyConcurrentRequesters_EachSeesEveryLayerInItsOrder()
    {
        await using StreamedModel model = await OpenAsync();
        IMaterializer materializer = Sys.Materializer();
        IReadOnlyList<LayerId> layers = model.Description.Layers;
        Task<System.Collections.Immutable.IImmutableList<(LayerId, int)>>[] runs = [.. Enumerable.Range(0, 8).Select(seed =>
        {
            LayerId[] order = [.. layers];
            new Random(seed).Shuffle(order);
            return model.UseLayers(order, (layer, reader) => (layer, reader.Segments.Length)).RunWith(Sink.Seq<(LayerId, int)>(), materializer);
        })];
        foreach (System.Collections.Immutable.IImmutableList<(LayerId, int)> run in await Task.WhenAll(runs))
            Assert.Equal(layers.Order(), run.Select(r => r.Item1).Order());
        await AssertNothingHeldAsync(model);
    }

    [Fact]
    public async Task UseLayers_CancelledWhileTheFunctionReads_ReturnsTheLease()
    {
        await using StreamedModel model = await OpenAsync();
        using ManualResetEventSlim entered = new(), leave = new();
        (UniqueKillSwitch kill, Task<Akka.Done> done) = model.UseLayers(model.Description.Layers, (_, reader) =>
            {
                entered.Set();
                leave.Wait();
                return reader.Bytes(reader.Segments[0])[0];
            })
            .ViaMaterialized(KillSwitches.Single<byte>(), Keep.Right)
            .ToMaterialized(Sink.Ignore<byte>(), Keep.Both)
            .Run(Sys.Materializer());
        Assert.True(entered.Wait(TimeSpan.FromSeconds(20)));
        kill.Shutdown();
        await done;
        CacheStatistics reading = (await model.GetStatisticsAsync()).Cache;
        Assert.True(reading.PinnedSegments > 0, "pages were given up while a thread was reading them");
        leave.Set();
        await AssertNothingHeldAsync(model);
    }

    [Fact]
    public async Task UseSegments_BudgetBelowOneLayer_ReadsWhatUseLayersIsRefused()
    {
        await using StreamedModel model = await OpenAsync(budget: "40KiB", options: new ModelOptions { TileBytes = 4096 });
        IMaterializer materializer = Sys.Materializer();
        LayerRefusedException refused = await Assert.ThrowsAsync<LayerRefusedException>(
            () => model.UseLayers([LayerId.Block(0)], (_, _) => 0).RunWith(Sink.Ignore<int>(), materializer));
        Assert.Equal(RefusalReason.LayerExceedsBudget, refused.Reason);
        long bytes = await model.UseSegments([LayerId.Block(0)], (_, reader) => reader.Segments[0].ByteLength)
            .RunWith(Sink.Aggregate<long, long>(0, (sum, n) => sum + n), materializer);
        Assert.Equal(model.Description.Layout.Segments.Of(LayerId.Block(0)).ToArray().Sum(s => s.ByteLength), bytes);
    }

    [Fact]
    public async Task Open_SmallModelThatFits_IsLoadedInFull()
    {
        await using StreamedModel model = await OpenAsync(budget: "64MiB", options: new ModelOptions { ResidentThresholdBytes = 1 << 30 });
        Assert.Equal(ResidencyMode.Resident, model.Description.Residency.Mode);
        int count = model.Description.Layout.Segments.Count;
        CacheStatistics s = await StatisticsWhenAsync(model, c => c.ResidentSegments == count);
        Assert.Equal(count, s.ResidentSegments);
    }

    [Fact]
    public async Task AcquireLayer_NoSuchLayer_IsRefusedByName()
    {
        await using StreamedModel model = await OpenAsync();
        LayerRefusedException e = await Assert.ThrowsAsync<LayerRefusedException>(() => model.AcquireLayerAsync(LayerId.Block(99)));
        Assert.Equal(RefusalReason.UnknownSegment, e.Reason);
        Assert.Contains("blk.99", e.Message);
    }

    [Fact]
    public async Task ResizeBudget_SmallerAndLarger_IsNeverExceeded()
    {
        await using StreamedModel model = await OpenAsync(budget: "4layers");
        foreach (LayerId layer in model.Description.Layers) (await model.AcquireLayerAsync(layer)).Dispose();
        long smaller = await model.ResizeBudgetAsync(BudgetSpec.Parse("2layers"));
        CacheStatistics s = await StatisticsWhenAsync(model, c => c.UsedBytes <= smaller);
        Assert.True(s.UsedBytes <= smaller);
        Assert.True((await model.GetRegionStatusAsync()).HeldBytes <= smaller);
        Assert.Equal(smaller, Extension.Ledger.ReservedBytes);
        await model.ResizeBudgetAsync(BudgetSpec.Parse("8layers"));
        foreach (LayerId layer in model.Description.Layers) (await model.AcquireLayerAsync(layer)).Dispose();
        Assert.True((await model.GetStatisticsAsync()).Cache.UsedBytes > smaller);
        await Assert.ThrowsAsync<ModelRefusedException>(() => model.ResizeBudgetAsync(BudgetSpec.Bytes(2L << 30)));
    }

    [Fact]
    public async Task Dispose_OpenModel_GivesTheNodeItsBudgetBack()
    {
        StreamedModel model = await OpenAsync();
        Assert.Equal(model.Description.BudgetBytes, Extension.Ledger.ReservedBytes);
        LayerLease lease = await model.AcquireLayerAsync(LayerId.Block(0));
        await model.DisposeAsync();
        Assert.True(lease.IsEnded);
        for (int i = 0; i < 500 && Extension.Ledger.ReservedBytes != 0; i++) await Task.Delay(10);
        Assert.Equal(0, Extension.Ledger.ReservedBytes);
    }

    [Theory]
    [InlineData("1KiB", ModelRefusal.BudgetTooSmall, "smallest that would do")]
    [InlineData("4GiB", ModelRefusal.BudgetTooSmall, "node-budget has left")]
    public async Task Open_ImpossibleBudget_IsRefusedWithTheNumbers(string budget, ModelRefusal reason, string words)
    {
        ModelRefusedException e = await Assert.ThrowsAsync<ModelRefusedException>(() => OpenAsync(budget));
        Assert.Equal(reason, e.Reason);
        Assert.Contains(words, e.Message);
        Assert.Equal(0, Extension.Ledger.ReservedBytes);
    }

    [Fact]
    public async Task Open_MissingOrBrokenFile_IsRefused()
    {
        ModelRefusedException missing = await Assert.ThrowsAsync<ModelRefusedException>(() => Extension.OpenModelAsync("/nonexistent/model.gguf"));
        Assert.Equal(ModelRefusal.CannotRead, missing.Reason);
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, "this is not a model, but long enough for a header");
            ModelRefusedException broken = await Assert.ThrowsAsync<ModelRefusedException>(() => Extension.OpenModelAsync(path));
            Assert.Equal(ModelRefusal.BadFormat, broken.Reason);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private void AssertDecoded(StreamedModel model, LayerLease lease, ResidencyFormat format)
    {
        Assert.True(lease.TryRead(out LeaseReader reader));
        using (reader)
        {
            foreach (Segment s in lease.Segments)
            {
                GgmlType type = model.Description.Tensors[s.TensorIndex].Type;
                ReadOnlySpan<byte> source = Model.Bytes.AsSpan((int)s.FileOffset, (int)s.FileByteLength);
                byte[] expected = new byte[s.ByteLength];
                if (format == ResidencyFormat.F32)
                    Kernels.Dequantizer.ToFloat(type, source, System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(expected.AsSpan()));
                else
                    Kernels.Dequantizer.ToHalf(type, source, System.Runtime.InteropServices.MemoryMarshal.Cast<byte, Half>(expected.AsSpan()));
                Assert.True(reader.Bytes(s).SequenceEqual(expected), $"segment {s.Id}");
            }
        }
    }
}
