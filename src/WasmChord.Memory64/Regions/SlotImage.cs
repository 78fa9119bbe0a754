using System.Runtime.InteropServices;

namespace WasmChord.Memory64;

/// <summary>
/// The image as plain slots of native memory, one a committed segment, for platforms without remapping. A segment's
/// address changes with every load, and guests cannot import the image.
/// </summary>
public sealed unsafe class SlotImage : IImageMemory
{
    private const nuint SlotAlignment = 64;

    private readonly nint[] _slots;
    private long _heldBytes;

    /// <summary>Creates an image that holds nothing yet.</summary>
    public SlotImage(ImageLayout layout) => _slots = new nint[layout.Segments.Count];

    /// <inheritdoc/>
    public long HeldBytes => Volatile.Read(ref _heldBytes);

    /// <inheritdoc/>
    public byte* AddressOf(Segment segment) => (byte*)Volatile.Read(ref _slots[segment.Id.Value]);

    /// <inheritdoc/>
    public bool Commit(Segment segment, FrameRange newFrames)
    {
        void* slot = NativeMemory.AlignedAlloc((nuint)segment.ByteLength, SlotAlignment);
        Volatile.Write(ref _slots[segment.Id.Value], (nint)slot);
        _heldBytes += segment.ByteLength;
        return true;
    }

    /// <inheritdoc/>
    public void Evict(Segment segment, FrameRange freedFrames)
    {
        if (FreeSlot(segment.Id.Value)) _heldBytes -= segment.ByteLength;
    }

    /// <summary>Nothing to do: the allocator gave the pages.</summary>
    public void Populate(Segment segment)
    {
    }

    /// <summary>Nothing to do: evicted slots are freed at once.</summary>
    public void Trim(long targetBytes)
    {
    }

    /// <inheritdoc/>
    public void ReleaseExcept(IReadOnlyCollection<Segment> kept)
    {
        HashSet<int> keep = [.. kept.Select(s => s.Id.Value)];
        for (int i = 0; i < _slots.Length; i++)
            if (!keep.Contains(i)) FreeSlot(i);
        _heldBytes = kept.DistinctBy(s => s.Id).Sum(s => s.ByteLength);
    }

    /// <summary>Frees every slot.</summary>
    public void Dispose()
    {
        for (int i = 0; i < _slots.Length; i++) FreeSlot(i);
        _heldBytes = 0;
    }

    private bool FreeSlot(int index)
    {
        nint slot = Interlocked.Exchange(ref _slots[index], 0);
        if (slot != 0) NativeMemory.AlignedFree((void*)slot);
        return slot != 0;
    }
}
