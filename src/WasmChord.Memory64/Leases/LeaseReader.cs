namespace WasmChord.Memory64;

/// <summary>A thread's stay inside a lease. Dispose it on the way out, once, and never a copy of it: until then the pages are not reused.</summary>
public ref struct LeaseReader : IDisposable
{
    private LayerLease? _lease;

    internal LeaseReader(LayerLease lease) => _lease = lease;

    /// <summary>What can be read, for code that must not end the stay.</summary>
    public readonly LeaseView View => new(_lease ?? throw new ObjectDisposedException(nameof(LeaseReader)));

    /// <inheritdoc cref="LeaseView.Segments"/>
    public readonly ReadOnlySpan<Segment> Segments => View.Segments;

    /// <inheritdoc cref="LeaseView.Bytes"/>
    public readonly ReadOnlySpan<byte> Bytes(Segment segment) => View.Bytes(segment);

    /// <inheritdoc cref="LeaseView.Address"/>
    public readonly nint Address(Segment segment) => View.Address(segment);

    /// <summary>Lets go.</summary>
    public void Dispose()
    {
        LayerLease? lease = _lease;
        _lease = null;
        lease?.Leave();
    }
}
