using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Inference;

/// <summary>
/// Where a forward pass gets its weights. It is used by one pass at a time, from the pass's own thread, which may be
/// made to wait; other threads read through the leases that it hands out.
/// </summary>
public interface ILayerSource
{
    /// <summary>All tensors of the model; a segment's tensor index counts in this list.</summary>
    IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>Where segments lie; raw residency.</summary>
    ImageLayout Layout { get; }

    /// <summary>Begins a wave, and says which segments it is sure to use, in order: the same order as the last wave's, as a rule.</summary>
    /// <param name="order">The segments; experts, which depend on routing, are not among them.</param>
    void BeginWave(IReadOnlyList<SegmentId> order);

    /// <summary>Says which segments will be used next, besides those of the order: the experts routed to. A hint.</summary>
    /// <param name="segments">The segments, soonest first.</param>
    void Expect(IReadOnlyList<SegmentId> segments);

    /// <summary>
    /// Leases a segment, and waits until it can be read. The lease stays the source's, covers at least this segment, and
    /// is good until the next call of this method or the end of the wave; it must not be disposed by the caller.
    /// </summary>
    /// <param name="segment">Which.</param>
    /// <exception cref="WeightsUnavailableException">It cannot be had: a storage fault, a deadline, a model that closes.</exception>
    /// <exception cref="OperationCanceledException">The wave was abandoned.</exception>
    LayerLease Acquire(Segment segment);

    /// <summary>Ends the wave, however it went: what is leased returns.</summary>
    void EndWave();

    /// <summary>
    /// Reads bytes of a tensor from its file past the image: single rows of an embedding matrix, and vectors at opening.
    /// </summary>
    /// <param name="tensor">Which tensor.</param>
    /// <param name="byteOffset">Where in its data to begin.</param>
    /// <param name="destination">Receives as many bytes as it holds.</param>
    /// <exception cref="WeightsUnavailableException">The storage failed.</exception>
    void Read(TensorInfo tensor, long byteOffset, Span<byte> destination);
}
