namespace WasmChord.Memory64;

/// <summary>What can be read through a lease while somebody else's <see cref="LeaseReader"/> is inside it.</summary>
public readonly ref struct LeaseView
{
    private readonly LayerLease _lease;

    internal LeaseView(LayerLease lease) => _lease = lease;

    /// <summary>What can be read.</summary>
    public ReadOnlySpan<Segment> Segments => _lease.Segments;

    /// <summary>The bytes of one segment, in place. Valid as long as the view.</summary>
    /// <exception cref="ArgumentException">The lease does not cover the segment, or it exceeds 2 GiB (use <see cref="Address"/>).</exception>
    public unsafe ReadOnlySpan<byte> Bytes(Segment segment)
    {
        if (segment.ByteLength > int.MaxValue)
            throw new ArgumentException($"segment {segment.Id} has {segment.ByteLength} bytes, more than a span holds", nameof(segment));
        return new ReadOnlySpan<byte>(_lease.AddressOf(segment), (int)segment.ByteLength);
    }

    /// <summary>The address of one segment's first byte, for native code. Valid as long as the view.</summary>
    /// <exception cref="ArgumentException">The lease does not cover the segment.</exception>
    public unsafe nint Address(Segment segment) => (nint)_lease.AddressOf(segment);
}
