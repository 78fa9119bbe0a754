using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using WasmChord.Actors;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Examples.Tests;

/// <summary>What docs/INTEGRATION.md shows, as it shows it.</summary>
public sealed class IntegrationGuideTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ActorSystem _system = ActorSystem.Create("guide", "akka.loglevel = WARNING");

    public void Dispose() => _system.Dispose();

    [Fact]
    public async Task LayerReader_AsksForALayer_ReadsAllOfIt()
    {
        await using StreamedModel model = await OpenAsync();
        using Inbox inbox = Inbox.Create(_system);
        IActorRef reader = _system.ActorOf(Props.Create(() => new LayerReader(model.Actor, inbox.Receiver)));
        reader.Tell(LayerId.Block(1));
        Assert.Equal(444_416L, await inbox.ReceiveAsync(s_patience));
        reader.Tell(LayerId.Block(99));
        Assert.Equal(RefusalReason.UnknownSegment, await inbox.ReceiveAsync(s_patience));
    }

    [Fact]
    public async Task AcquireLayerAsync_OfTheGuide_ShowsSegmentsWithTheirTensors()
    {
        await using StreamedModel model = await OpenAsync();
        using LayerLease lease = await model.AcquireLayerAsync(LayerId.Block(0), timeout: s_patience);
        Assert.True(lease.TryRead(out LeaseReader reader));
        using (reader)
        {
            foreach (Segment segment in reader.Segments)
            {
                TensorInfo tensor = model.Description.Tensors[segment.TensorIndex];
                Assert.StartsWith("blk.0.", tensor.Name, StringComparison.Ordinal);
                Assert.Equal(tensor.ByteLength, reader.Bytes(segment).Length);
            }
        }
    }

    [Fact]
    public async Task UseLayers_OfTheGuide_AggregatesOneResultALayer()
    {
        await using StreamedModel model = await OpenAsync();
        long bytes = await model.UseLayers(model.Description.Layers, (_, reader) => BytesOf(reader))
            .RunWith(Sink.Aggregate<long, long>(0, (a, b) => a + b), _system.Materializer());
        Assert.Equal(model.Description.TensorBytes, bytes);
    }

    private static long BytesOf(LeaseView reader)
    {
        long bytes = 0;
        foreach (Segment segment in reader.Segments) bytes += reader.Bytes(segment).Length;
        return bytes;
    }

    private Task<StreamedModel> OpenAsync() => WasmChordExtension.Get(_system).OpenModelAsync(ExampleFiles.DemoModel, new ModelOptions
    {
        Budget = BudgetSpec.Parse("3layers"),
        Policy = EvictionPolicyKind.Auto,
    });
}
