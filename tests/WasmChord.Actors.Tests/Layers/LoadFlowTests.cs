using Akka.Actor;
using Akka.Streams;
using Akka.TestKit;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Actors.Tests;

/// <summary>The life of the stream that carries loads, and the way of a load through it, with a probe in the cache's place.</summary>
public sealed class LoadFlowTests : EngineTestKit
{
    private const long Generation = 7;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly ActorMaterializer _materializer;
    private readonly TestProbe _cache;

    public LoadFlowTests()
    {
        _materializer = Sys.Materializer();
        _cache = CreateTestProbe();
    }

    [Fact]
    public async Task Complete_NothingUnderWay_TheCacheIsToldThatItEnded()
    {
        LoadLine line = Start(await SettingsAsync());
        line.Complete();
        LoadFlow.Ended ended = await _cache.ExpectMsgAsync<LoadFlow.Ended>(s_patience);
        Assert.Equal(Generation, ended.Generation);
        Assert.Null(ended.Cause);
    }

    [Fact]
    public async Task Materializer_ShutDown_TheCacheIsToldWhy()
    {
        LoadLine line = Start(await SettingsAsync());
        // Attached to the cache by now, or the shutdown would come before the stream.
        _materializer.Shutdown();
        LoadFlow.Ended ended = await _cache.ExpectMsgAsync<LoadFlow.Ended>(s_patience);
        Assert.NotNull(ended.Cause);
        // What is offered to a stream that has ended is dropped; the message above is the answer.
        line.Complete();
        await _cache.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task Dispatcher_ThatTakesNoWork_FailsTheStream()
    {
        await using Rig rig = await RigAsync();
        LoadLine line = new(rig.Settings, new RefusingDispatcher(Sys), new RefusingDispatcher(Sys));
        Exception? fault = null;
        line.Start(() => { }, e => fault = e);
        line.Offer(rig.Step(line, _cache, 0));
        Assert.IsType<RejectedExecution>(fault);
    }

    [Fact]
    public async Task Offer_Loads_ArriveWithTheFilesBytesAndMayBeUsedAgain()
    {
        await using Rig rig = await RigAsync();
        LoadLine line = Start(rig.Settings);
        LoadStep step = rig.Step(line, _cache, 0);
        for (int segment = 0; segment < rig.Layout.Segments.Count; segment++)
        {
            if (segment > 0) rig.Renew(step, segment);
            line.Offer(step);
            LoadStep arrived = await _cache.ExpectMsgAsync<LoadStep>(s_patience);
            Assert.Same(step, arrived);
            Assert.Null(arrived.Failure);
            rig.AssertBytes(arrived.Load.Segment, Model.Bytes);
            arrived.Load.Dispose();
        }
    }

    [Fact]
    public async Task Offer_LoadThatFails_ArrivesWithItsFailureAndTheOthersGoOn()
    {
        await using Rig rig = await RigAsync();
        LoadLine line = Start(rig.Settings);
        LoadStep bad = rig.Step(line, _cache, 0), good = rig.Step(line, _cache, 1);
        Faults.FailReads(offset: bad.Load.Segment.FileOffset, byteLength: 1);
        line.Offer(bad);
        line.Offer(good);
        LoadStep[] arrived = [await _cache.ExpectMsgAsync<LoadStep>(s_patience), await _cache.ExpectMsgAsync<LoadStep>(s_patience)];
        Assert.Contains(good, arrived);
        Assert.IsType<StorageException>(Assert.Single(arrived, s => s.Failure is not null).Failure);
        Assert.NotNull(bad.Failure);
        Faults.Clear();
        // The same load once more, as after a pause: the failure of before is forgotten.
        line.Offer(bad);
        Assert.Null((await _cache.ExpectMsgAsync<LoadStep>(s_patience)).Failure);
        bad.Load.Dispose();
        good.Load.Dispose();
    }

    [Fact]
    public async Task Offer_MoreThanMayBeUnderWay_IsAnErrorAndNoMoreAreReadAtOnceThanMayBe()
    {
        await using Rig rig = await RigAsync(s => s with { IoParallelism = 2, DecodeParallelism = 1 });
        LoadLine line = Start(rig.Settings);
        StorageGate gate = Faults.Hold();
        LoadStep[] steps = [.. Enumerable.Range(0, rig.Settings.MaxLoads + 1).Select(i => rig.Step(line, _cache, i))];
        foreach (LoadStep step in steps[..^1]) line.Offer(step);
        Assert.Throws<InvalidOperationException>(() => line.Offer(steps[^1]));
        Assert.True(gate.WaitForInside(2, s_patience));
        // Completing waits for what is under way.
        line.Complete();
        gate.Open();
        foreach (LoadStep _ in steps[..^1]) Assert.Null((await _cache.ExpectMsgAsync<LoadStep>(s_patience)).Failure);
        Assert.Null((await _cache.ExpectMsgAsync<LoadFlow.Ended>(s_patience)).Cause);
        Assert.Equal(2, gate.PeakCount);
        foreach (LoadStep step in steps) step.Load.Dispose();
    }

    private LoadLine Start(ModelSettings settings) => LoadFlow.Start(_materializer, Sys, settings, Generation, _cache.Ref);

    private async Task<ModelSettings> SettingsAsync()
    {
        await using Rig rig = await RigAsync();
        return rig.Settings;
    }

    private Task<Rig> RigAsync(Func<ModelSettings, ModelSettings>? configure = null)
    {
        // The settings' defaults live in reference.conf, which the extension reads.
        ModelSettings settings = Extension.Settings.Model;
        return Rig.OpenAsync(Model.Path, configure?.Invoke(settings) ?? settings, Faults);
    }

    /// <summary>The model's files, an image of its own, and a loader, without the actors.</summary>
    private sealed class Rig : IAsyncDisposable
    {
        private readonly GgufModel _model;
        private readonly IStorage _storage;
        private readonly SegmentLoader _loader;
        private readonly SlotImage _image;
        private readonly ImageGeneration _generation;

        private Rig(GgufModel model, ModelSettings settings, FaultScript faults)
        {
            _model = model;
            Settings = settings;
            Layout = ImageLayout.Create(model.Tensors, model.Manifest.Layers, settings.Image with { TileBytes = 8192 });
            _storage = new FaultyStorage(Storage.Open(model.Files[0].Name, settings.Storage.Options, out _), faults);
            _loader = new SegmentLoader(Layout, model.Tensors, [_storage], null, settings.MaxLoads);
            _image = new SlotImage(Layout);
            _generation = new ImageGeneration(Generation, _image, Layout.Segments);
        }

        public ModelSettings Settings { get; }

        public ImageLayout Layout { get; }

        public static async Task<Rig> OpenAsync(string path, ModelSettings settings, FaultScript faults) => new(await GgufModel.OpenAsync(path), settings, faults);

        /// <summary>A step whose memory the region has committed.</summary>
        public LoadStep Step(LoadLine line, TestProbe cache, int segment)
        {
            LoadStep step = new(line, _loader, Generation, cache.Ref);
            Segment s = Layout.Segments[new SegmentId(segment)];
            _image.Commit(s, default);
            step.Answer = new RegionProtocol.Committed(new SegmentLoad(default, s, _generation, _generation.TryHold([s])!, populate: false)) { Step = step };
            return step;
        }

        public void Renew(LoadStep step, int segment)
        {
            Segment s = Layout.Segments[new SegmentId(segment)];
            _image.Commit(s, default);
            Assert.True(step.Load.TryRenew(default, s, populate: false));
        }

        public void AssertBytes(Segment segment, byte[] file)
        {
            using LayerLease lease = new(default, Generation, [segment], _image, static _ => { });
            Assert.True(lease.TryRead(out LeaseReader reader));
            using (reader) Assert.True(reader.Bytes(segment).SequenceEqual(file.AsSpan((int)segment.FileOffset, (int)segment.FileByteLength)));
        }

        public ValueTask DisposeAsync()
        {
            _generation.Retire(_ => { });
            _loader.Dispose();
            _storage.Dispose();
            _model.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class RejectedExecution : Exception;

    private sealed class RefusingDispatcher(ActorSystem system) : Akka.Dispatch.MessageDispatcher(system.Dispatchers.Lookup("akka.actor.default-dispatcher").Configurator)
    {
        protected override void ExecuteTask(Akka.Dispatch.IRunnable run) => throw new RejectedExecution();

        protected override void Shutdown()
        {
        }
    }
}
