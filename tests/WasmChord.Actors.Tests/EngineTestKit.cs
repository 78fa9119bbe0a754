using Akka.TestKit.Xunit2;
using WasmChord.Memory64;

namespace WasmChord.Actors.Tests;

/// <summary>An actor system with a node budget that does not depend on the machine, and a model with faults on command.</summary>
public abstract class EngineTestKit : TestKit
{
    protected const string Config = "wasmchord { node-budget = 1GiB, model { storage.retry-backoff = 1ms, acquire-timeout = 20s } }";

    private protected EngineTestKit(string extra = "", TestModel? model = null) : base(Akka.Configuration.ConfigurationFactory.ParseString(extra).WithFallback(Config)) =>
        Model = model ?? TestModel.Create();

    private protected TestModel Model { get; }

    private protected FaultScript Faults { get; } = new();

    private protected WasmChordExtension Extension => WasmChordExtension.Get(Sys);

    /// <summary>Opens the test model for streaming, with faulty storage, small tiles and frames of one page.</summary>
    private protected Task<StreamedModel> OpenAsync(string budget = "3layers", Func<ModelSettings, ModelSettings>? configure = null, ModelOptions? options = null) =>
        Extension.OpenModelAsync(Model.Path, (options ?? new ModelOptions()) with
        {
            Budget = BudgetSpec.Parse(budget),
            TileBytes = options?.TileBytes ?? 8192,
            ResidentThresholdBytes = options?.ResidentThresholdBytes ?? 0,
            OpenStorage = (path, storage) => new FaultyStorage(Storage.Open(path, storage, out _), Faults),
            Configure = configure,
        });

    /// <summary>Compares what a lease shows with the file, byte for byte.</summary>
    private protected void AssertBytes(LayerLease lease)
    {
        Assert.True(lease.TryRead(out LeaseReader reader));
        using (reader)
        {
            foreach (Segment s in lease.Segments)
                Assert.True(reader.Bytes(s).SequenceEqual(Model.Bytes.AsSpan((int)s.FileOffset, (int)s.FileByteLength)), $"segment {s.Id}");
        }
    }

    /// <summary>Waits until the cache's counters are as wanted; the actors have no other sign of having settled.</summary>
    private protected static async Task<CacheStatistics> StatisticsWhenAsync(StreamedModel model, Func<CacheStatistics, bool> condition)
    {
        for (int i = 0; ; i++)
        {
            CacheStatistics statistics = (await model.GetStatisticsAsync()).Cache;
            if (condition(statistics) || i == 500) return statistics;
            await Task.Delay(10);
        }
    }

    private protected static async Task AssertNothingHeldAsync(StreamedModel model)
    {
        CacheStatistics s = await StatisticsWhenAsync(model, c => c is { PinnedSegments: 0, Leases: 0, WaitingRequests: 0, LoadsInFlight: 0 });
        Assert.Equal((0, 0, 0, 0), (s.PinnedSegments, s.Leases, s.WaitingRequests, s.LoadsInFlight));
        Assert.True(s.UsedBytes <= s.TargetBytes);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        Model.Dispose();
    }
}
