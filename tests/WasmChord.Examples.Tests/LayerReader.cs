using Akka.Actor;
using WasmChord.Gguf;
using WasmChord.Memory64;
using static WasmChord.Actors.LayerCacheProtocol;

namespace WasmChord.Examples.Tests;

/// <summary>The actor of docs/INTEGRATION.md, with something to tell: the bytes of each layer, or why it was refused.</summary>
internal sealed class LayerReader : ReceiveActor
{
    public LayerReader(IActorRef model, IActorRef listener)
    {
        Receive<LayerId>(layer => model.Tell(new AcquireLayer(layer)));
        Receive<LayerLeased>(m =>
        {
            using (m.Lease)
            {
                if (!m.Lease.TryRead(out LeaseReader reader)) return;
                using (reader)
                {
                    long bytes = 0;
                    foreach (Segment segment in reader.Segments) bytes += reader.Bytes(segment).Length;
                    listener.Tell(bytes);
                }
            }
        });
        Receive<LayerRefused>(m => listener.Tell(m.Reason));
    }
}
