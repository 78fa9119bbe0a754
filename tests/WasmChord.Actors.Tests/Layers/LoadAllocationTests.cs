using Akka.Actor;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Actors.Tests;

/// <summary>
/// What a segment costs in managed memory on its way through cache, region and load flow, lease included, of the whole
/// process: next to nothing, since everything on that way is used again.
/// </summary>
[Collection(nameof(AloneCollection))]
public sealed class LoadAllocationTests : EngineTestKit
{
    private const int Waves = 40;

    /// <summary>A single object of each load would be there; what a stream's element cost was ten times as much.</summary>
    private const int MostBytesPerLoad = 128;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Load_InAStreamOfLoads_AllocatesNextToNothing()
    {
        await using StreamedModel model = await Extension.OpenModelAsync(Model.Path, new ModelOptions
        {
            Budget = BudgetSpec.Layers(2),
            TileBytes = 8192,
            ResidentThresholdBytes = 0,
            // Without the faulty twin of storage, whose script costs memory at every read.
            OpenStorage = (path, storage) => Storage.Open(path, storage, out _),
        });
        ModelServices services = await model.Actor.Ask<ModelServices>(new ModelSupervisor.GetServices(), s_patience);
        IActorRef cache = await Sys.ActorSelection(model.Actor.Path / "layer-cache").ResolveOne(s_patience);
        using ActorLayerSource source = new(services, Sys, cache, [.. Enumerable.Range(0, 3).Select(_ => Sys.ActorOf(Props.Empty))]);
        Segment[] order = [.. services.Layout.Segments.Segments.ToArray().Where(s => s.Layer != LayerId.Embedding && s.FileByteLength > 1024)];
        SegmentId[] ids = [.. order.Select(s => s.Id)];
        double least = double.MaxValue;
        long reads = 0;
        // The least of several stretches: compilation of code that has become hot is not counted.
        for (int round = 0; round < 8; round++)
        {
            long readBefore = services.BytesRead;
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await Task.Factory.StartNew(() => Walk(source, order, ids), TaskCreationOptions.LongRunning);
            reads = services.BytesRead - readBefore;
            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)(Waves * order.Length));
        }

        // Two layers of eight stay at the most: the better part of each wave was read.
        Assert.True(reads > Waves / 2 * order.Sum(s => s.FileByteLength), $"{reads} bytes were read in {Waves} waves: that was no streaming");
        Assert.InRange(least, 0, MostBytesPerLoad);
    }

    private static void Walk(ActorLayerSource source, Segment[] order, SegmentId[] ids)
    {
        for (int wave = 0; wave < Waves; wave++)
        {
            source.BeginWave(ids);
            foreach (Segment segment in order)
            {
                if (!source.Acquire(segment).TryRead(out LeaseReader reader)) throw new InvalidOperationException($"segment {segment.Id} cannot be read");
                reader.Dispose();
            }

            source.EndWave();
        }
    }
}
