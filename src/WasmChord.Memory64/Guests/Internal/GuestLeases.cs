using WasmChord.Gguf;

namespace WasmChord.Memory64;

/// <summary>
/// The layers that one guest holds. It stays inside each lease from acquiring to releasing, so pages that it reads in
/// place are not reused under it, even when a lease is taken back: then it is stopped. Used on the guest's thread.
/// </summary>
internal sealed unsafe class GuestLeases(IGuestWeights weights, int limit)
{
    private readonly List<Held> _held = [];
    private LayerLease? _copied;
    private SegmentId _copiedSegment;
    private bool _copiedLately;

    /// <summary>Layers acquired since the beginning.</summary>
    public int Acquired { get; private set; }

    /// <summary>Layers held now; one that was acquired twice counts once.</summary>
    public int Count => _held.Count;

    /// <summary>Whether a layer that is held was taken back.</summary>
    public bool IsRevoked
    {
        get
        {
            foreach (Held held in _held)
                if (held.Lease.IsEnded) return true;
            return false;
        }
    }

    private RegionMapping? Region => weights.Regions.Count == 1 ? weights.Regions[0] : null;

    /// <summary>Loads and pins a layer.</summary>
    public GuestCode Acquire(GuestLayer layer, TimeSpan timeout, CancellationToken stop)
    {
        if (Find(layer.Id) is { } known)
        {
            if (known.Lease.IsEnded) return GuestCode.Unavailable;
            known.Count++;
            return GuestCode.Ok;
        }

        if (_held.Count >= limit) return GuestCode.TooManyLeases;
        DropCopied();
        GuestAcquisition got = weights.Acquire(layer.Segments, timeout, mayWait: _held.Count == 0, stop);
        if (got.Lease is not { } lease) return CodeOf(got.Reason);
        // After a restart the image is another one, which this guest does not see.
        Segment first = lease.Segments[0];
        bool isSeen = Region is null || lease.AddressOf(first) == Region.Start + first.Address;
        if (!isSeen || !lease.TryEnter())
        {
            lease.Dispose();
            return GuestCode.Unavailable;
        }

        _held.Add(new Held(layer, lease));
        Acquired++;
        return GuestCode.Ok;
    }

    /// <summary>Gives a layer back, once for every acquiring.</summary>
    public GuestCode Release(GuestLayer layer)
    {
        if (Find(layer.Id) is not { } held) return GuestCode.NotAcquired;
        if (--held.Count > 0) return GuestCode.Ok;
        _held.Remove(held);
        Let(held.Lease);
        return GuestCode.Ok;
    }

    /// <summary>The bytes at an address, which must lie in one tensor of a held layer; its type too where one is wanted.</summary>
    public GuestCode Locate(long address, long byteLength, GgmlType? type, out byte* bytes)
    {
        bytes = null;
        if (Region is null) return GuestCode.NotEnabled;
        if (TensorAt(address) is not { } tensor) return GuestCode.NotAcquired;
        if (type is { } wanted && tensor.Type != wanted) return GuestCode.BadType;
        if (byteLength > tensor.Address + tensor.ByteLength - address) return GuestCode.NotAcquired;
        if (type is { } t && (address - tensor.Address) % GgmlTypeTraits.For(t).TypeSize != 0) return GuestCode.BadArgument;
        bytes = Region.Start + address;
        return GuestCode.Ok;
    }

    /// <summary>The bytes at an address, which may span tensors of one held layer.</summary>
    public GuestCode LocateInLayer(long address, long byteLength, out byte* bytes)
    {
        bytes = null;
        if (Region is null) return GuestCode.NotEnabled;
        foreach (Held held in _held)
        {
            long start = held.Layer.Address;
            if (address < start || address >= start + held.Layer.ByteLength) continue;
            if (byteLength > start + held.Layer.ByteLength - address) return GuestCode.NotAcquired;
            bytes = Region.Start + address;
            return GuestCode.Ok;
        }

        return GuestCode.NotAcquired;
    }

    /// <summary>
    /// A lease on one segment, for copying from it; it stays until another is wanted, or nothing has been copied for a
    /// while, so that small reads of neighbouring bytes do not ask the cache each time.
    /// </summary>
    public GuestCode CopyFrom(SegmentId segment, TimeSpan timeout, CancellationToken stop, out LayerLease? lease)
    {
        _copiedLately = true;
        lease = _copied;
        if (lease is { IsEnded: false } && _copiedSegment == segment) return GuestCode.Ok;
        DropCopied();
        GuestAcquisition got = weights.Acquire([segment], timeout, mayWait: _held.Count == 0, stop);
        lease = got.Lease;
        if (lease is null) return CodeOf(got.Reason);
        if (!lease.TryEnter())
        {
            lease.Dispose();
            return GuestCode.Unavailable;
        }

        (_copied, _copiedSegment) = (lease, segment);
        return GuestCode.Ok;
    }

    /// <summary>Called now and then: lets go of what was not copied from since the last time.</summary>
    public void Tick()
    {
        if (!_copiedLately) DropCopied();
        _copiedLately = false;
    }

    /// <summary>Gives everything back.</summary>
    public void ReleaseAll()
    {
        DropCopied();
        foreach (Held held in _held) Let(held.Lease);
        _held.Clear();
    }

    /// <summary>Lets go of what is copied from.</summary>
    public void DropCopied()
    {
        if (_copied is null) return;
        Let(_copied);
        _copied = null;
    }

    /// <summary>The code for a refusal.</summary>
    public static GuestCode CodeOf(RefusalReason reason) => reason switch
    {
        RefusalReason.DeadlineExceeded or RefusalReason.Cancelled => GuestCode.TimedOut,
        RefusalReason.LayerUnavailable => GuestCode.ReadFailed,
        RefusalReason.UnknownSegment => GuestCode.LayerNotFound,
        RefusalReason.ShuttingDown or RefusalReason.StaleGeneration or RefusalReason.OwnerGone => GuestCode.Unavailable,
        _ => GuestCode.Refused,
    };

    private static void Let(LayerLease lease)
    {
        lease.Leave();
        lease.Dispose();
    }

    private Held? Find(LayerId layer)
    {
        foreach (Held held in _held)
            if (held.Layer.Id == layer) return held;
        return null;
    }

    private GuestTensor? TensorAt(long address)
    {
        foreach (Held held in _held)
        {
            GuestTensor[] tensors = held.Layer.Tensors;
            if (address < tensors[0].Address) continue;
            int low = 0, high = tensors.Length - 1;
            while (low < high)
            {
                int middle = (low + high + 1) / 2;
                if (tensors[middle].Address <= address) low = middle;
                else high = middle - 1;
            }

            if (address < tensors[low].Address + tensors[low].ByteLength) return tensors[low];
        }

        return null;
    }

    private sealed class Held(GuestLayer layer, LayerLease lease)
    {
        public GuestLayer Layer { get; } = layer;

        public LayerLease Lease { get; } = lease;

        public int Count { get; set; } = 1;
    }
}
