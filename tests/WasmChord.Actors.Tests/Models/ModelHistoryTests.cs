using Akka.Event;
using Akka.TestKit;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Actors.Tests;

/// <summary>Runs of one model after another: what the later ones begin with, and what a sidecar that is wrong costs.</summary>
public sealed class ModelHistoryTests : EngineTestKit
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"wasmchord-history-{Guid.NewGuid():n}");
    private readonly TestProbe _warnings;

    public ModelHistoryTests()
    {
        _warnings = CreateTestProbe();
        Sys.EventStream.Subscribe(_warnings, typeof(Warning));
    }

    private SidecarStore Store => new(_folder);

    private string SidecarPath => Store.PathFor(Model.Path);

    [Theory]
    [InlineData(EvictionPolicyKind.Lru)]
    [InlineData(EvictionPolicyKind.Scan)]
    [InlineData(EvictionPolicyKind.Auto)]
    public async Task Open_ForTheSecondTime_StartsWithWhatWasUsedMost(EvictionPolicyKind policy)
    {
        await using (StreamedModel first = await RunAsync(policy: policy))
        {
            foreach (int block in new[] { 0, 5, 1, 4, 2, 4, 2, 4, 2, 3 }) await UseAsync(first, block);
        }

        await using StreamedModel second = await RunAsync(policy: policy);
        CacheStatistics filled = await QuietAsync(second);
        long read = Faults.ReadBytes;
        await UseAsync(second, 4);
        await UseAsync(second, 2);

        CacheStatistics used = (await second.GetStatisticsAsync()).Cache;
        Assert.True(read > 0);
        Assert.Equal(read, Faults.ReadBytes);
        Assert.Equal((0L, 0L, 0L), (filled.Evictions, filled.Misses, filled.Leases));
        Assert.InRange(filled.UsedBytes, 1, filled.TargetBytes);
        Assert.Equal((0L, used.Misses), (used.Hits, used.PrefetchHits));
    }

    [Fact]
    public async Task Open_WhenWhatWasWarmedIsNotWanted_ItGivesWay()
    {
        await LearnAsync();

        await using StreamedModel model = await RunAsync();
        await QuietAsync(model);
        for (int pass = 0; pass < 2; pass++)
            for (int block = 5; block >= 0; block--) await UseAsync(model, block);

        CacheStatistics s = (await model.GetStatisticsAsync()).Cache;
        Assert.Equal((0L, 0L), (s.Refusals, s.Waits));
        Assert.InRange(s.PeakBytes, 1, s.TargetBytes);
    }

    [Fact]
    public async Task Region_KilledAndRestarted_StartsWithWhatThisRunUsed()
    {
        await using StreamedModel model = await RunAsync();
        await UseAsync(model, 3);
        Sys.ActorSelection(model.Actor.Path / "region").Tell(Akka.Actor.Kill.Instance);
        for (long generation = 1; generation == 1;) generation = (await model.GetStatisticsAsync()).Generation;
        await QuietAsync(model);
        long read = Faults.ReadBytes;
        await UseAsync(model, 3);
        Assert.Equal(read, Faults.ReadBytes);
    }

    [Theory]
    [InlineData("warm-start")]
    [InlineData("populate")]
    [InlineData("mode")]
    public async Task Open_WhereNothingIsToBeReadUnasked_ReadsNothing(string setting)
    {
        await LearnAsync();
        long read = Faults.ReadBytes;

        await using StreamedModel model = await RunAsync(s => setting switch
        {
            "warm-start" => s with { Sidecar = s.Sidecar with { WarmStart = false } },
            "populate" => s with { Populate = PopulateMode.Off },
            _ => s with { Sidecar = s.Sidecar with { IsEnabled = false } },
        });

        Assert.Equal(0, (await model.GetStatisticsAsync()).Cache.Prefetches);
        Assert.Equal(read, Faults.ReadBytes);
    }

    [Fact]
    public async Task Close_WhereTheSidecarIsOff_LeavesNothing()
    {
        await using (StreamedModel model = await RunAsync(s => s with { Sidecar = s.Sidecar with { IsEnabled = false } })) await UseAsync(model, 1);
        Assert.False(Directory.Exists(_folder));
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("truncated")]
    [InlineData("flipped")]
    [InlineData("garbage")]
    [InlineData("newer")]
    [InlineData("foreign")]
    public async Task Open_WrongSidecar_IsBuiltAnewAndCostsNothingElse(string wrong)
    {
        ModelSidecar right = await LearnAsync();
        byte[] bytes = File.ReadAllBytes(SidecarPath);
        switch (wrong)
        {
            case "empty": bytes = []; break;
            case "truncated": bytes = bytes[..^20]; break;
            case "flipped": bytes[bytes.Length / 2] ^= 4; break;
            case "garbage": new Random(1).NextBytes(bytes); break;
            case "newer": bytes[8]++; break;
            default: bytes = SidecarFormat.Write(await ForeignAsync()); break;
        }

        File.WriteAllBytes(SidecarPath, bytes);
        long read = Faults.ReadBytes;
        await using (StreamedModel model = await RunAsync())
        {
            Assert.Equal(0, (await model.GetStatisticsAsync()).Cache.Prefetches);
            Assert.Equal(read, Faults.ReadBytes);
            for (int block = 0; block < 6; block++) await UseAsync(model, block);
        }

        ModelSidecar? rebuilt = Store.Load(Model.Path, out string why);
        Assert.True(rebuilt is not null, why);
        Assert.Equal(ChecksumsOf(right), ChecksumsOf(rebuilt));
        Assert.Equal([Path.GetFileName(SidecarPath)], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Load_ChecksumsThatWereForged_AreOverruledByTwoReadsAndBuiltAnew()
    {
        ModelSidecar right = await LearnAsync();
        Store.Save(Model.Path, ModelSidecar.Create(right.Files, right.Extents.Select(e => e with { Checksum = e.Checksum ^ 1 }), right.Rows));

        await using (StreamedModel model = await RunAsync())
            for (int block = 0; block < 6; block++) await UseAsync(model, block);

        Assert.Contains(Warnings(), w => w.Contains("as an earlier run read them", StringComparison.Ordinal));
        Assert.Equal(ChecksumsOf(right), ChecksumsOf(Store.Load(Model.Path, out _)!));
    }

    [Fact]
    public async Task Load_OtherWeightsUnderTheSameTimeAndHeader_AreServedAsTheyAre()
    {
        await LearnAsync();
        DateTime time = File.GetLastWriteTimeUtc(Model.Path);
        using TestModel other = TestModel.Create(seed: 2);
        Assert.Equal(Model.Bytes.Length, other.Bytes.Length);
        File.WriteAllBytes(Model.Path, other.Bytes);
        File.SetLastWriteTimeUtc(Model.Path, time);

        await using (StreamedModel model = await RunAsync())
            for (int block = 0; block < 6; block++) await UseAsync(model, block, other.Bytes);

        Assert.NotEmpty(Warnings());
        await using StreamedModel again = await RunAsync();
        await UseAsync(again, 2, other.Bytes);
        Assert.Empty(Warnings());
    }

    [Fact]
    public async Task Load_BitFlippedOnItsWay_IsReadAgainAndTheSidecarKeepsBeingBelieved()
    {
        ModelSidecar right = await LearnAsync();
        await using (StreamedModel model = await RunAsync(s => s with { Sidecar = s.Sidecar with { WarmStart = false } }))
        {
            Faults.FlipBit(SegmentOf(model, 3).FileOffset + 5, times: 1);
            await UseAsync(model, 3);
        }

        Assert.Single(Warnings());
        Assert.Equal(ChecksumsOf(right), ChecksumsOf(Store.Load(Model.Path, out _)!));
    }

    [Fact]
    public async Task Load_TwoReadsThatAgreeWithNothing_AreAnError()
    {
        await LearnAsync();
        await using StreamedModel model = await RunAsync(s => s with { Sidecar = s.Sidecar with { WarmStart = false } });
        Segment segment = SegmentOf(model, 3);
        Faults.FlipBit(segment.FileOffset + 5, bit: 0, times: 1);
        Faults.FlipBit(segment.FileOffset + 5, bit: 1, times: 2);

        LayerRefusedException e = await Assert.ThrowsAsync<LayerRefusedException>(() => model.AcquireLayerAsync(LayerId.Block(3)));
        Assert.Equal(RefusalReason.LayerUnavailable, e.Reason);
        await UseAsync(model, 3);
    }

    [Fact]
    public async Task Open_ModelThatWasWrittenAnew_ForgetsTheOldOne()
    {
        await LearnAsync();
        using TestModel other = TestModel.Create(seed: 2);
        File.WriteAllBytes(Model.Path, other.Bytes);
        File.SetLastWriteTimeUtc(Model.Path, DateTime.UtcNow.AddSeconds(10));

        await using (StreamedModel model = await RunAsync())
        {
            Assert.Equal(0, (await model.GetStatisticsAsync()).Cache.Prefetches);
            await UseAsync(model, 1, other.Bytes);
        }

        Assert.Empty(Warnings());
        await using StreamedModel again = await RunAsync();
        Assert.True((await QuietAsync(again)).Prefetches > 0);
    }

    [Fact]
    public async Task Open_ModelThatWasCopiedToItsPlace_IsKnown()
    {
        await LearnAsync();
        string copy = $"{Model.Path}.copy";
        File.Copy(Model.Path, copy);
        File.SetLastWriteTimeUtc(copy, File.GetLastWriteTimeUtc(Model.Path));
        File.Move(copy, Model.Path, overwrite: true);

        await using StreamedModel model = await RunAsync();
        Assert.True((await QuietAsync(model)).Prefetches > 0);
        await UseAsync(model, 4);
    }

    [Fact]
    public async Task Save_WhereNothingCanBeWritten_IsOneLineInTheLog()
    {
        File.WriteAllText(_folder, "a file, where the folder would be");
        await using (StreamedModel model = await RunAsync(s => s with { Sidecar = s.Sidecar with { SaveInterval = TimeSpan.FromMilliseconds(5) } }))
        {
            for (int i = 0; i < 30; i++)
            {
                await UseAsync(model, i % 6);
                await Task.Delay(5);
            }
        }

        Assert.Contains("could not be saved", Assert.Single(Warnings()));
    }

    [Fact]
    public async Task Save_OfAModelThatStaysOpen_ComesWithTime()
    {
        await using StreamedModel model = await RunAsync(s => s with { Sidecar = s.Sidecar with { SaveInterval = TimeSpan.FromMilliseconds(20) } });
        await UseAsync(model, 2);
        SegmentId used = SegmentOf(model, 2).Id;
        Segment segment = model.Description.Layout.Segments[used];
        bool isSaved = false;
        for (int i = 0; i < 1000 && !isSaved; i++)
        {
            await Task.Delay(10);
            isSaved = Store.Load(Model.Path, out _) is { } saved
                && saved.TryGet(segment.FileIndex, segment.FileOffset, segment.FileByteLength, out SidecarExtent extent)
                && extent is { Uses: 1, Checksum: not null };
        }

        Assert.True(isSaved);
    }

    [Fact]
    public async Task Save_WhatOtherTilesHaveLearned_Stays()
    {
        ModelSidecar small = await LearnAsync();
        await using (StreamedModel model = await RunAsync(tileBytes: 1 << 20)) await UseAsync(model, 2);

        ModelSidecar both = Store.Load(Model.Path, out _)!;
        Assert.All(small.Extents, e => Assert.True(both.TryGet(e.FileIndex, e.Offset, e.ByteLength, out SidecarExtent kept) && kept.Checksum == e.Checksum));
        Assert.True(both.Extents.Count > small.Extents.Count);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        if (File.Exists(_folder)) File.Delete(_folder);
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private Task<StreamedModel> RunAsync(
        Func<ModelSettings, ModelSettings>? configure = null, EvictionPolicyKind policy = EvictionPolicyKind.Auto, long tileBytes = 8192) =>
        OpenAsync(configure: configure, options: new ModelOptions { SidecarDirectory = _folder, Policy = policy, TileBytes = tileBytes });

    /// <summary>A run that reads all blocks, and uses 4 and 2 most.</summary>
    private async Task<ModelSidecar> LearnAsync()
    {
        // A time that can be read and set again: files have nanoseconds, ticks have hundreds of them.
        File.SetLastWriteTimeUtc(Model.Path, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        await using (StreamedModel model = await RunAsync())
            foreach (int block in new[] { 0, 1, 2, 3, 4, 5, 4, 2, 4, 2 }) await UseAsync(model, block);
        Warnings();
        return Store.Load(Model.Path, out string why) ?? throw new InvalidOperationException($"nothing was saved: {why}");
    }

    // The sidecar of another model, for a file of the same name.
    private async Task<ModelSidecar> ForeignAsync()
    {
        using TestModel other = TestModel.Create(blocks: 5, seed: 3);
        await using (StreamedModel model = await Extension.OpenModelAsync(other.Path, new ModelOptions { SidecarDirectory = _folder, Budget = BudgetSpec.Layers(3), ResidentThresholdBytes = 0 }))
            (await model.AcquireLayerAsync(LayerId.Block(1))).Dispose();
        ModelSidecar foreign = Store.Load(other.Path, out _)!;
        File.Delete(Store.PathFor(other.Path));
        return foreign;
    }

    private async Task UseAsync(StreamedModel model, int block, byte[]? file = null)
    {
        using LayerLease lease = await model.AcquireLayerAsync(LayerId.Block(block));
        Assert.True(lease.TryRead(out LeaseReader reader));
        using (reader)
        {
            foreach (Segment s in lease.Segments)
                Assert.True(reader.Bytes(s).SequenceEqual((file ?? Model.Bytes).AsSpan((int)s.FileOffset, (int)s.FileByteLength)), $"segment {s.Id}");
        }
    }

    private static Segment SegmentOf(StreamedModel model, int block) => model.Description.Layout.Segments.Of(LayerId.Block(block))[1];

    // Loads follow each other without a gap: none in flight means that the list is done.
    private static Task<CacheStatistics> QuietAsync(StreamedModel model) =>
        StatisticsWhenAsync(model, c => c is { Prefetches: > 0, LoadsInFlight: 0 });

    private static IEnumerable<(int, long, long, ulong?)> ChecksumsOf(ModelSidecar sidecar) =>
        sidecar.Extents.Select(e => (e.FileIndex, e.Offset, e.ByteLength, e.Checksum));

    private List<string> Warnings()
    {
        List<string> texts = [];
        while (_warnings.HasMessages) texts.Add($"{((Warning)_warnings.ReceiveOne(TimeSpan.Zero)!).Message}");
        return texts;
    }
}
