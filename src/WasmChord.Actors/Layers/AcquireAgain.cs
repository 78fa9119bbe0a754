using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// What one requester asks the layer cache again and again, one request at a time: for segments, like
/// <see cref="LayerCacheProtocol.AcquireSegments"/>, with a grant that is used again. It may be changed while no answer
/// to it is awaited.
/// </summary>
internal sealed record AcquireAgain : LayerCacheProtocol.Acquire
{
    /// <summary>Which segments of the model's image.</summary>
    public IReadOnlyList<SegmentId> Segments { get; set; } = [];

    /// <summary>Where the lease is opened; free when the request is sent.</summary>
    public required LeaseGrant Place { get; set; }
}
