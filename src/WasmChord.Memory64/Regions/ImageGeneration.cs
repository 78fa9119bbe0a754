namespace WasmChord.Memory64;

/// <summary>
/// One life of an image: from the start of its region to the restart after a crash. Leases and loads hold what they
/// touch. When the generation is retired, everything else is returned to the system at once, and what is held counts
/// until the last holder lets go; then the image is disposed. Thread-safe.
/// </summary>
public sealed class ImageGeneration
{
    private readonly Lock _lock = new();
    private readonly HashSet<ImageHold> _holds = [];
    private readonly long _frameBytes;
    private Action<long>? _onLingering;

    /// <summary>Begins a generation; it owns the image.</summary>
    public ImageGeneration(long number, IImageMemory image, SegmentTable table)
    {
        Number = number;
        Image = image;
        _frameBytes = table.FrameBytes;
    }

    /// <summary>Its number; a lease of another generation cannot be opened.</summary>
    public long Number { get; }

    /// <summary>The image. Touch only what you hold.</summary>
    public IImageMemory Image { get; }

    /// <summary>True from <see cref="Retire"/> on.</summary>
    public bool IsRetired { get; private set; }

    /// <summary>Bytes that holders keep in memory though the generation has ended; 0 before and after.</summary>
    public long LingeringBytes { get; private set; }

    /// <summary>Holds segments; null once the generation has been retired.</summary>
    public ImageHold? TryHold(ReadOnlySpan<Segment> segments)
    {
        ImageHold hold = new(this);
        return TryRenew(hold, segments) ? hold : null;
    }

    /// <summary>Holds segments by a hold of this generation that was disposed; false once the generation has been retired.</summary>
    /// <exception cref="InvalidOperationException">The hold belongs to another generation, or still holds something.</exception>
    public bool TryRenew(ImageHold hold, ReadOnlySpan<Segment> segments)
    {
        ArgumentNullException.ThrowIfNull(hold);
        if (!hold.IsOf(this)) throw new InvalidOperationException($"the hold is not of generation {Number}");
        lock (_lock)
        {
            if (IsRetired) return false;
            if (!_holds.Add(hold)) throw new InvalidOperationException($"the hold still holds {hold.Segments.Length} segments");
            hold.Cover(segments);
            return true;
        }
    }

    /// <summary>Ends the generation.</summary>
    /// <param name="onLingering">Told how many bytes still linger: now, and whenever a holder lets go.</param>
    public void Retire(Action<long> onLingering)
    {
        lock (_lock)
        {
            if (IsRetired) return;
            IsRetired = true;
            _onLingering = onLingering;
            List<Segment> kept = [];
            foreach (ImageHold hold in _holds) kept.AddRange(hold.Segments);
            Image.ReleaseExcept(kept);
            Settle();
        }
    }

    internal void Release(ImageHold hold)
    {
        lock (_lock)
        {
            if (_holds.Remove(hold) && IsRetired) Settle();
        }
    }

    private void Settle()
    {
        if (_holds.Count == 0) Image.Dispose();
        HashSet<int> frames = [];
        foreach (ImageHold hold in _holds)
            foreach (Segment s in hold.Segments)
                for (int frame = s.FirstFrame; frame < s.FirstFrame + s.FrameCount; frame++) frames.Add(frame);
        // What an earlier holder let go of stays in memory until the last one leaves and the image is disposed.
        LingeringBytes = _holds.Count == 0 ? 0 : Math.Max(LingeringBytes, frames.Count * _frameBytes);
        _onLingering?.Invoke(LingeringBytes);
    }
}
