namespace WasmChord.Memory64;

/// <summary>
/// The image as sparse anonymous mappings, one a region, so that every segment has one address for ever. Frames that an
/// evicted segment leaves behind are moved under the next segment by remapping: no page is zeroed or faulted twice.
/// </summary>
public sealed unsafe class MappedImage : IImageMemory
{
    private readonly RegionMapping[] _regions;
    private readonly RegionPlan[] _plans;
    private readonly long _frameBytes;
    private readonly int _frameCount;
    private readonly SpareFrames _spares;
    private readonly UnfilledFrames _unfilled;
    private readonly PopulatedFrames? _populated;
    private long _committedFrames;

    /// <summary>Reserves the address space of an image.</summary>
    /// <param name="layout">Its segments and regions.</param>
    /// <param name="populateAheadBytes">
    /// Memory that a thread of its own populates before it is needed, from the first <see cref="Limit"/> on; 0 for none.
    /// Images whose frames are not recycled have none.
    /// </param>
    /// <param name="onPopulated">Told, on that thread, that <see cref="PresentBytes"/> has grown.</param>
    /// <exception cref="RegionException">The operating system refused the address space.</exception>
    public MappedImage(ImageLayout layout, long populateAheadBytes = 0, Action? onPopulated = null)
    {
        _frameBytes = layout.Segments.FrameBytes;
        // Below a huge page, every moved frame would cost a mapping of its own (a process may have 65,530), and such
        // images are small: their frames are returned and faulted again.
        bool recycles = _frameBytes == ImageOptions.HugePageBytes;
        _plans = [.. layout.Regions];
        _frameCount = layout.Segments.FrameCount;
        _spares = new SpareFrames(_frameCount);
        _unfilled = new UnfilledFrames(_frameCount);
        _regions = new RegionMapping[_plans.Length];
        try
        {
            for (int i = 0; i < _plans.Length; i++)
                _regions[i] = recycles ? RegionMapping.ReservePlain(_plans[i].ByteLength) : RegionMapping.Reserve(_plans[i].ByteLength, hugePages: false);
            int ahead = (int)Math.Min(_frameCount, populateAheadBytes / _frameBytes);
            if (recycles) _populated = new PopulatedFrames(ahead, _frameBytes, onPopulated ?? (static () => { }));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>True where the platform offers what this needs; elsewhere <see cref="SlotImage"/> serves.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && Environment.SystemPageSize <= ImageOptions.PageBytes;

    /// <summary>The mappings, one a region, to be lent to Wasmtime.</summary>
    public IReadOnlyList<RegionMapping> Regions => _regions;

    /// <inheritdoc/>
    public long HeldBytes => (_populated?.HeldCount ?? Volatile.Read(ref _committedFrames)) * _frameBytes;

    /// <summary>
    /// Memory that segments can fill without touching any for the first time; <see cref="long.MaxValue"/> where nothing is
    /// populated ahead, so that there is nothing to wait for.
    /// </summary>
    public long PresentBytes => _populated?.PresentCount is { } count and < int.MaxValue ? count * _frameBytes : long.MaxValue;

    /// <summary>True when nothing is left to be populated ahead within <see cref="Limit"/>.</summary>
    public bool IsPopulated => _populated?.IsFull ?? true;

    /// <summary>Frames that were moved rather than returned and faulted again, since the image was made.</summary>
    public long RecycledFrames { get; private set; }

    /// <inheritdoc/>
    public byte* AddressOf(Segment segment) => _regions[segment.RegionIndex].Start + segment.Address;

    /// <inheritdoc/>
    public bool Commit(Segment segment, FrameRange newFrames)
    {
        _committedFrames += newFrames.Count;
        if (_populated is null) return newFrames.Count == 0;
        for (int frame = newFrames.First; frame < newFrames.End; frame++)
            if (!Recycle(frame) && !_populated.Take(FrameAddress(frame))) _unfilled.Add(frame);
        return !_unfilled.ContainsAny(segment.FirstFrame, segment.FrameCount);
    }

    /// <inheritdoc/>
    public void Evict(Segment segment, FrameRange freedFrames)
    {
        if (freedFrames.Count == 0) return;
        _committedFrames -= freedFrames.Count;
        if (_populated is null)
        {
            LinuxMemory.Advise(FrameAddress(freedFrames.First), freedFrames.Count * _frameBytes, LinuxMemory.AdviseDontNeed);
            return;
        }

        for (int frame = freedFrames.End - 1; frame >= freedFrames.First; frame--)
        {
            if (_unfilled.Remove(frame)) _populated.Return(1);
            else _spares.Push(frame);
        }
    }

    /// <inheritdoc/>
    public void Populate(Segment segment)
    {
        if (_populated is null)
        {
            // Where the kernel is older than this advice, the pages come with the first touch instead.
            LinuxMemory.Advise(FrameAddress(segment.FirstFrame), segment.FrameCount * _frameBytes, LinuxMemory.AdvisePopulateWrite);
            return;
        }

        for (int frame = segment.FirstFrame; frame < segment.FirstFrame + segment.FrameCount; frame++)
        {
            if (!_unfilled.TryBegin(frame)) continue;
            _populated.Fill(FrameAddress(frame));
            _unfilled.End(frame);
        }
    }

    /// <summary>
    /// Sets how much memory the image may hold at most, and returns what it holds beyond that and can spare. Populating
    /// ahead begins with the first call.
    /// </summary>
    public void Limit(long bytes)
    {
        _populated?.SetLimit((int)Math.Min(_frameCount, bytes / _frameBytes));
        Trim(bytes);
    }

    /// <inheritdoc/>
    public void Trim(long targetBytes)
    {
        while (HeldBytes > targetBytes && _spares.TryPop(out int frame)) Return(frame);
    }

    /// <inheritdoc/>
    public void ReleaseExcept(IReadOnlyCollection<Segment> kept)
    {
        _populated?.End();
        HashSet<int> frames = [];
        foreach (Segment s in kept)
            for (int frame = s.FirstFrame; frame < s.FirstFrame + s.FrameCount; frame++) frames.Add(frame);
        foreach (RegionPlan plan in _plans)
        {
            int end = plan.FirstFrame + plan.FrameCount;
            for (int frame = plan.FirstFrame; frame < end; frame++)
            {
                int first = frame;
                while (frame < end && !frames.Contains(frame)) frame++;
                if (frame == first) continue;
                if (_populated is null) LinuxMemory.Advise(FrameAddress(first), (frame - first) * _frameBytes, LinuxMemory.AdviseDontNeed);
                else RegionMapping.Renew(FrameAddress(first), (frame - first) * _frameBytes);
            }
        }

        // What loads are still to fill is filled for them alone.
        _populated?.Return((int)_committedFrames + _spares.Count - frames.Count);
        _spares.Clear();
        _committedFrames = frames.Count;
    }

    /// <summary>Frees the address space once nobody holds a reference on a region.</summary>
    public void Dispose()
    {
        _populated?.Dispose();
        foreach (RegionMapping? region in _regions) region?.Dispose();
    }

    private bool Recycle(int frame)
    {
        // A spare lies where it was used last: one that lies where it is wanted must not be moved away later.
        if (_spares.TryTake(frame))
        {
            RecycledFrames++;
            return true;
        }

        while (_spares.TryPop(out int spare))
        {
            if (LinuxMemory.Move(FrameAddress(spare), FrameAddress(frame), _frameBytes))
            {
                // Else every place that was ever used would stay a mapping of its own, and a process may have 65,530.
                RegionMapping.Renew(FrameAddress(spare), _frameBytes);
                RecycledFrames++;
                return true;
            }

            // Too many mappings, or a kernel without the call: return this one and let the new frame be faulted.
            Return(spare);
        }

        return false;
    }

    private void Return(int frame)
    {
        RegionMapping.Renew(FrameAddress(frame), _frameBytes);
        _populated?.Return(1);
    }

    private byte* FrameAddress(int frame)
    {
        int region = 0;
        while (frame >= _plans[region].FirstFrame + _plans[region].FrameCount) region++;
        return _regions[region].Start + (frame - _plans[region].FirstFrame) * _frameBytes;
    }
}
