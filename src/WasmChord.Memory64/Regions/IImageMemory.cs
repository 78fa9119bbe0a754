namespace WasmChord.Memory64;

/// <summary>
/// The memory behind an image. One writer (the region's owner) commits and evicts; any thread may read addresses of
/// segments that are committed and leased.
/// </summary>
public unsafe interface IImageMemory : IDisposable
{
    /// <summary>Bytes of memory that the image holds now: committed frames and those kept for recycling.</summary>
    long HeldBytes { get; }

    /// <summary>Where a segment lies. Valid while it is committed; the image must outlive every use.</summary>
    byte* AddressOf(Segment segment);

    /// <summary>
    /// Makes the frames that a segment newly touches present, recycled where frames are at hand.
    /// Returns false when they are fresh: reading into fresh pages is slow, so the reading thread populates them first.
    /// </summary>
    /// <param name="segment">The segment about to be read.</param>
    /// <param name="newFrames">Those of its frames that no other segment uses.</param>
    bool Commit(Segment segment, FrameRange newFrames);

    /// <summary>Gives up an evicted segment and the frames that nothing else uses: they are kept for recycling.</summary>
    void Evict(Segment segment, FrameRange freedFrames);

    /// <summary>Populates the pages of a segment; called on the reading thread when <see cref="Commit"/> returned false.</summary>
    void Populate(Segment segment);

    /// <summary>Returns recyclable frames to the operating system until at most <paramref name="targetBytes"/> are held.</summary>
    void Trim(long targetBytes);

    /// <summary>Returns everything to the operating system but the frames of <paramref name="kept"/>; the image is at its end.</summary>
    void ReleaseExcept(IReadOnlyCollection<Segment> kept);
}
