namespace WasmChord.Memory64;

/// <summary>A thread's stay inside a lease. Dispose it on the way out: until then the pages are not reused.</summary>
public ref struct LeaseReader : IDisposable
{
    private LayerLease? _lease;

    internal LeaseReader(LayerLease lease) => _lease = lease;

    /// <summary>What can be read.</summary>
    public readonly ReadOnlySpan<Segment> Segments => Lease.Segments;

    private readonly LayerLease Lease => _lease ?? throw new ObjectDisposedException(nameof(LeaseReader));

    /// <summary>The bytes of one segment, in place. Valid until the reader is disposed.</summary>
    /// <exception cref="ArgumentException">The lease does not cover the segment, or it exceeds 2 GiB (use <see cref="Address"/>).</exception>
    public readonly unsafe ReadOnlySpan<byte> Bytes(Segment segment)
    {
        if (segment.ByteLength > int.MaxValue)
            throw new ArgumentException($"segment {segment.Id} has {segment.ByteLength} bytes, more than a span holds", nameof(segment));
        return new ReadOnlySpan<byte>(Lease.AddressOf(segment), (int)segment.ByteLength);
    }

    /// <summary>The address of one segment's first byte, for native code. Valid until the reader is disposed.</summary>
    /// <exception cref="ArgumentException">The lease does not cover the segment.</exception>
    public readonly unsafe nint Address(Segment segment) => (nint)Lease.AddressOf(segment);

    /// <summary>Lets go.</summary>
    public void Dispose()
    {
        LayerLease? lease = _lease;
        _lease = null;
        lease?.Leave();
    }
}
