using Akka.Actor;
using Akka.Configuration;
using Akka.Streams;
using Akka.Streams.Dsl;
using BenchmarkDotNet.Attributes;
using WasmChord.Actors;
using WasmChord.Bench.Models;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Bench.Kernels;

/// <summary>
/// What the actors, the cache and the load flow add to a read: a model whose reads deliver nothing. Times and
/// allocations are per segment where a layer is loaded, per layer where it is there already.
/// </summary>
public class LoadFlowBenchmarks
{
    // Scans before the first measurement: the actors' code is compiled for good only after thousands of messages.
    private const int WarmingScans = 30;

    private const int BlockCount = 64, SegmentsPerBlock = 9;

    private static readonly ModelShape s_shape = ModelShapes.Tiny with { Name = "flow", LayerCount = BlockCount };

    private string? _folder;
    private ActorSystem? _system;
    private ActorMaterializer? _materializer;
    private StreamedModel? _streamed;
    private StreamedModel? _resident;
    private LayerId[] _blocks = [];

    [GlobalSetup]
    public async Task Open()
    {
        _folder = Directory.CreateTempSubdirectory("wasmchord-flow-").FullName;
        string path = Path.Combine(_folder, "flow.gguf");
        await SyntheticModel.WriteAsync(s_shape, TypeMix.Q4_K_M, 1, path);
        _system = ActorSystem.Create("bench", ConfigurationFactory.ParseString("akka.loglevel = WARNING"));
        _materializer = _system.Materializer();
        WasmChordExtension extension = WasmChordExtension.Get(_system);
        ModelOptions options = new()
        {
            OpenStorage = (file, _) => new EmptyStorage(file),
            Policy = EvictionPolicyKind.Lru,
            Configure = settings => settings with { VerifyChecksums = false },
        };
        _streamed = await extension.OpenModelAsync(path, options with { Budget = BudgetSpec.Layers(4), ResidentThresholdBytes = 0 });
        _resident = await extension.OpenModelAsync(path, options);
        _blocks = [.. _streamed.Description.Layers.Where(layer => layer.IsBlock)];
        int segments = _blocks.Sum(layer => _streamed.Description.Layout.Segments.Of(layer).Length);
        if (segments != BlockCount * SegmentsPerBlock) throw new InvalidOperationException($"{segments} segments in {BlockCount} blocks");
        for (int i = 0; i < WarmingScans; i++) await Task.WhenAll(StreamedSegment(), ResidentLayer());
    }

    [GlobalCleanup]
    public async Task Close()
    {
        await _streamed!.DisposeAsync();
        await _resident!.DisposeAsync();
        await _system!.Terminate();
        Directory.Delete(_folder!, recursive: true);
    }

    /// <summary>One scan through a budget of four layers under recency: every segment is evicted and loaded again.</summary>
    [Benchmark(OperationsPerInvoke = BlockCount * SegmentsPerBlock)]
    public Task<int> StreamedSegment() => Scan(_streamed!);

    /// <summary>One scan through a model that is there: what a lease costs.</summary>
    [Benchmark(OperationsPerInvoke = BlockCount)]
    public Task<int> ResidentLayer() => Scan(_resident!);

    /// <summary>A lease by an ask from outside actors, returned at once.</summary>
    [Benchmark]
    public async Task AskedLayer() => (await _resident!.AcquireLayerAsync(_blocks[0])).Dispose();

    private Task<int> Scan(StreamedModel model) =>
        model.UseLayers(_blocks, static (_, reader) => reader.Segments.Length).RunWith(Sink.Sum<int>((a, b) => a + b), _materializer);
}
