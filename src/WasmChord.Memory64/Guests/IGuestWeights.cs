using WasmChord.Gguf;

namespace WasmChord.Memory64;

/// <summary>
/// The model that one guest works on. Called on the guest's own thread, which may block. The guest owns it and disposes
/// it when it ends.
/// </summary>
public interface IGuestWeights : IDisposable
{
    /// <summary>The model's metadata.</summary>
    GgufMetadata Metadata { get; }

    /// <summary>Where its layers and tensors lie.</summary>
    GuestImage Image { get; }

    /// <summary>
    /// The mappings of the image, one a region, to be shown to the guest; empty where the platform has none. Leases of
    /// another image than this are not used.
    /// </summary>
    IReadOnlyList<RegionMapping> Regions { get; }

    /// <summary>How long to wait for a layer when the guest states no deadline.</summary>
    TimeSpan DefaultTimeout { get; }

    /// <summary>Asks for segments and waits for them.</summary>
    /// <param name="segments">Which, ids ascending.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="mayWait">False when a request that would have to wait for memory shall be refused.</param>
    /// <param name="stop">Ends the wait: the guest is to stop.</param>
    /// <returns>The lease, which the guest disposes, or why there is none.</returns>
    GuestAcquisition Acquire(IReadOnlyList<SegmentId> segments, TimeSpan timeout, bool mayWait, CancellationToken stop);

    /// <summary>The layer cache's counters; null when it does not answer.</summary>
    CacheStatistics? GetStatistics();
}
