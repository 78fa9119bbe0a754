using Akka.Actor;
using WasmChord.Gguf;

namespace WasmChord.Actors;

/// <summary>What anyone may ask of an open model's header; said to the model's actor.</summary>
public static class GgufIndexProtocol
{
    /// <summary>Something to be told.</summary>
    public interface IQuery : INoSerializationVerificationNeeded;

    /// <summary>An answer.</summary>
    public interface IEvent : INoSerializationVerificationNeeded;

    /// <summary>Asks for the <see cref="ModelDescription"/>, which is the answer.</summary>
    public sealed record DescribeModel : IQuery;

    /// <summary>Asks for a layer; answered by <see cref="LayerDescribed"/> or <see cref="NotFound"/>.</summary>
    /// <param name="Layer">Which layer.</param>
    public sealed record DescribeLayer(LayerId Layer) : IQuery;

    /// <summary>Asks for a tensor; answered by <see cref="TensorDescribed"/> or <see cref="NotFound"/>.</summary>
    /// <param name="Name">Its name.</param>
    public sealed record DescribeTensor(string Name) : IQuery;

    /// <summary>Asks for a text of the metadata; answered by <see cref="MetadataDescribed"/> or <see cref="NotFound"/>.</summary>
    /// <param name="Key">Its key.</param>
    public sealed record DescribeMetadata(string Key) : IQuery;

    /// <summary>A layer and its tensors.</summary>
    /// <param name="Layer">The layer.</param>
    public sealed record LayerDescribed(ModelLayer Layer) : IEvent;

    /// <summary>A tensor, and the layer it belongs to.</summary>
    /// <param name="Tensor">The tensor.</param>
    /// <param name="Layer">Its layer; null for a tensor of an unknown name.</param>
    public sealed record TensorDescribed(TensorInfo Tensor, LayerId? Layer) : IEvent;

    /// <summary>A value of the metadata, as text.</summary>
    /// <param name="Key">Its key.</param>
    /// <param name="Text">Its value; an array is described by type and count.</param>
    public sealed record MetadataDescribed(string Key, string Text) : IEvent;

    /// <summary>The model has no such thing.</summary>
    /// <param name="Text">What was asked for.</param>
    public sealed record NotFound(string Text) : IEvent;
}
