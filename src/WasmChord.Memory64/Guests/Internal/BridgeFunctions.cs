using System.Buffers.Binary;

namespace WasmChord.Memory64;

/// <summary>Module <c>env</c>: copies of weights into a guest's memory.</summary>
internal sealed unsafe class BridgeFunctions(GuestContext guest)
{
    /// <summary>Bytes of the structure that <see cref="StatsEx"/> writes.</summary>
    public const int StatsBytes = 56;

    private bool IsEnabledHere => guest.Weights is { Image.Format: ResidencyFormat.Raw };

    /// <summary><c>memory64_is_enabled() -> i32</c></summary>
    public int IsEnabled() => IsEnabledHere ? 1 : 0;

    /// <summary><c>memory64_load_layer(layer: i32, ptr: i32, max: i32) -> i32</c></summary>
    public int LoadLayer(int layer, int pointer, int capacity)
    {
        if (!IsEnabledHere) return guest.Answer(GuestCode.NotEnabled);
        if (guest.Weights!.Image.Layer(layer) is not { } wanted) return guest.Answer(GuestCode.LayerNotFound);
        long bytes = wanted.ByteLength;
        if (bytes > (uint)capacity) return guest.Answer(GuestCode.BufferTooSmall);
        if (bytes > int.MaxValue) return guest.Answer(GuestCode.BufferTooSmall);
        GuestCode code = guest.Memory.Writable(pointer, bytes, out byte* destination);
        if (code < 0) return guest.Answer(code);
        code = CopyLayer(wanted, destination);
        return Copied(code, (int)bytes);
    }

    /// <summary><c>memory64_read(offset: i64, ptr: i32, size: i32) -> i32</c></summary>
    public int Read(long offset, int pointer, int size)
    {
        if (!IsEnabledHere) return guest.Answer(GuestCode.NotEnabled);
        long bytes = (uint)size;
        GuestCode code = guest.Memory.Writable(pointer, bytes, out byte* destination);
        if (code < 0) return guest.Answer(code);
        // A result that looked like a code would be none.
        if (size < 0) return guest.Answer(GuestCode.ReadFailed);
        GuestImage image = guest.Weights!.Image;
        if (!image.TryFindData(offset, bytes, out int index)) return guest.Answer(GuestCode.ReadFailed);
        return Copied(CopyData(image, index, offset, destination, bytes), size);
    }

    /// <summary><c>memory64_stats() -> i64</c></summary>
    public long Stats() => guest.Reads;

    /// <summary><c>memory64_stats_ex(ptr: i32, len: i32) -> i32</c></summary>
    public int StatsEx(int pointer, int length)
    {
        if (guest.Weights is null) return guest.Answer(GuestCode.NotEnabled);
        if ((uint)length < StatsBytes) return guest.Answer(GuestCode.BufferTooSmall);
        GuestCode code = guest.Memory.Writable(pointer, StatsBytes, out byte* destination);
        if (code < 0) return guest.Answer(code);
        if (guest.Weights.GetStatistics() is not { } cache) return guest.Answer(GuestCode.ReadFailed);
        Span<byte> stats = new(destination, StatsBytes);
        ReadOnlySpan<long> values = [guest.Reads, guest.BytesRead, cache.Hits, cache.Misses, cache.Evictions, cache.ResidentBytes, guest.Errors];
        for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteInt64LittleEndian(stats[(8 * i)..], values[i]);
        return StatsBytes;
    }

    private int Copied(GuestCode code, int bytes)
    {
        if (code < 0) return guest.Answer(code);
        guest.Reads++;
        guest.BytesRead += bytes;
        return bytes;
    }

    // One lease where the layer fits the budget, so that its segments are read at once; else segment after segment.
    private GuestCode CopyLayer(GuestLayer layer, byte* destination)
    {
        IGuestWeights weights = guest.Weights!;
        GuestLeases leases = guest.Leases!;
        leases.DropCopied();
        GuestAcquisition got = weights.Acquire(layer.Segments, guest.Patience(-1), mayWait: leases.Count == 0, guest.Stopping);
        using LayerLease? whole = got.Lease;
        if (whole is not null)
        {
            if (!whole.TryRead(out LeaseReader reader)) return GuestCode.Unavailable;
            using (reader) CopySegments(layer, whole, destination);
            return GuestCode.Ok;
        }

        if (got.Reason != RefusalReason.LayerExceedsBudget) return GuestLeases.CodeOf(got.Reason);
        long end = layer.Address;
        foreach (SegmentId id in layer.Segments)
        {
            GuestCode code = leases.CopyFrom(id, guest.Patience(-1), guest.Stopping, out LayerLease? lease);
            if (code < 0) return code;
            end = CopySegment(layer, lease!, lease!.Segments[0], end, destination);
        }

        return GuestCode.Ok;
    }

    private static void CopySegments(GuestLayer layer, LayerLease lease, byte* destination)
    {
        long end = layer.Address;
        foreach (Segment segment in lease.Segments) end = CopySegment(layer, lease, segment, end, destination);
    }

    // Frames are recycled, so what lies between tensors in the image may be anything: it is written as zeros.
    private static long CopySegment(GuestLayer layer, LayerLease lease, Segment segment, long end, byte* destination)
    {
        byte* target = destination + (segment.Address - layer.Address);
        new Span<byte>(destination + (end - layer.Address), (int)(segment.Address - end)).Clear();
        Buffer.MemoryCopy(lease.AddressOf(segment), target, segment.ByteLength, segment.ByteLength);
        return segment.Address + segment.ByteLength;
    }

    private GuestCode CopyData(GuestImage image, int index, long offset, byte* destination, long bytes)
    {
        long end = offset + bytes;
        while (offset < end)
        {
            if (image.Data(index++) is not { } piece) return GuestCode.ReadFailed;
            long padding = Math.Min(piece.Offset, end) - offset;
            if (padding > 0)
            {
                new Span<byte>(destination, (int)padding).Clear();
                offset += padding;
                destination += padding;
                if (offset == end) break;
            }

            if (piece.Segment is not { } segment) return GuestCode.ReadFailed;
            GuestCode code = guest.Leases!.CopyFrom(segment, guest.Patience(-1), guest.Stopping, out LayerLease? lease);
            if (code < 0) return code;
            long skip = offset - piece.Offset, length = Math.Min(piece.ByteLength - skip, end - offset);
            Buffer.MemoryCopy(lease!.AddressOf(lease.Segments[0]) + skip, destination, length, length);
            offset += length;
            destination += length;
        }

        return GuestCode.Ok;
    }
}
