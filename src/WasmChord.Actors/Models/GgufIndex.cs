using Akka.Actor;
using WasmChord.Gguf;

namespace WasmChord.Actors;

/// <summary>Answers what a model is, from its parsed header. Reads nothing and never waits.</summary>
internal sealed class GgufIndex : ReceiveActor
{
    public GgufIndex(GgufModel model, ModelDescription description)
    {
        Receive<GgufIndexProtocol.DescribeModel>(_ => Sender.Tell(description));
        Receive<GgufIndexProtocol.DescribeLayer>(m => Sender.Tell(model.Manifest.TryGetLayer(m.Layer, out ModelLayer? layer)
            ? new GgufIndexProtocol.LayerDescribed(layer)
            : new GgufIndexProtocol.NotFound($"{description.Path} has no layer {m.Layer}")));
        Receive<GgufIndexProtocol.DescribeTensor>(m => Sender.Tell(model.TryGetTensor(m.Name, out TensorInfo? tensor)
            ? new GgufIndexProtocol.TensorDescribed(tensor, model.Manifest.LayerOf(m.Name))
            : new GgufIndexProtocol.NotFound($"{description.Path} has no tensor '{m.Name}'")));
        Receive<GgufIndexProtocol.DescribeMetadata>(m => Sender.Tell(model.Metadata.TryGetEntry(m.Key, out GgufMetadataEntry? entry)
            ? new GgufIndexProtocol.MetadataDescribed(m.Key, entry.Value?.ToString() ?? $"a string of {entry.ValueByteLength} bytes")
            : new GgufIndexProtocol.NotFound($"{description.Path} has no metadata '{m.Key}'")));
    }

    public static Props Props(GgufModel model, ModelDescription description) =>
        Akka.Actor.Props.Create(() => new GgufIndex(model, description)).WithDispatcher(WasmChordSettings.DispatcherPath);
}
