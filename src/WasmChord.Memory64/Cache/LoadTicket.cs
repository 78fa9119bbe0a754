namespace WasmChord.Memory64;

/// <summary>A load to be carried out now; handed back with its outcome.</summary>
/// <param name="Segment">What to read.</param>
/// <param name="Epoch">Which load of that segment this is; an outcome reported twice, or for another load, is ignored.</param>
/// <param name="NewFrames">The frames of the segment that hold no memory yet and must be committed before reading.</param>
/// <param name="Demanded">True when a request waits for it; false for a prefetch.</param>
public readonly record struct LoadTicket(SegmentId Segment, long Epoch, FrameRange NewFrames, bool Demanded);
