namespace WasmChord.Memory64;

/// <summary>
/// One thing that a layer cache wants done outside it. Effects are carried out in the order in which they come, and
/// before the next load is started.
/// </summary>
public readonly record struct CacheEffect
{
    /// <summary>What to do.</summary>
    public CacheEffectKind Kind { get; private init; }

    /// <summary>The request answered (granted, refused).</summary>
    public RequestId Request { get; private init; }

    /// <summary>Who asked (granted, refused).</summary>
    public OwnerId Owner { get; private init; }

    /// <summary>The lease (granted).</summary>
    public LeaseId Lease { get; private init; }

    /// <summary>Why (refused).</summary>
    public RefusalReason Reason { get; private init; }

    /// <summary>For people, with the numbers (refused); else empty.</summary>
    public string Text { get; private init; }

    /// <summary>The segment that left (frames freed).</summary>
    public SegmentId Segment { get; private init; }

    /// <summary>
    /// The frames that held memory for the segment and that no other segment needs (frames freed). Empty when its
    /// neighbours still use all of them.
    /// </summary>
    public FrameRange Frames { get; private init; }

    internal static CacheEffect Grant(RequestId request, OwnerId owner, LeaseId lease) =>
        new() { Kind = CacheEffectKind.Granted, Request = request, Owner = owner, Lease = lease, Text = "" };

    internal static CacheEffect Refuse(RequestId request, OwnerId owner, RefusalReason reason, string text) =>
        new() { Kind = CacheEffectKind.Refused, Request = request, Owner = owner, Reason = reason, Text = text };

    internal static CacheEffect Free(SegmentId segment, FrameRange frames) =>
        new() { Kind = CacheEffectKind.FramesFreed, Segment = segment, Frames = frames, Text = "" };
}
