namespace WasmChord.Memory64;

/// <summary>
/// The twin of real storage for tests: passes reads on to another storage and lets go wrong what its script says.
/// Faults apply in this order: gates and delays, I/O errors, truncation, short reads, flipped bits.
/// </summary>
public sealed unsafe class FaultyStorage : IStorage
{
    private readonly IStorage _inner;
    private readonly bool _ownsScript;

    /// <summary>Wraps a storage.</summary>
    /// <param name="inner">The storage that has the bytes; disposed with this one.</param>
    /// <param name="script">What goes wrong; may be shared by several storages, and is then the caller's to clear.</param>
    public FaultyStorage(IStorage inner, FaultScript? script = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        _inner = inner;
        _ownsScript = script is null;
        Script = script ?? new FaultScript();
    }

    /// <summary>What goes wrong, and when.</summary>
    public FaultScript Script { get; }

    /// <inheritdoc/>
    public string Name => _inner.Name;

    /// <inheritdoc/>
    public StorageMode Mode => _inner.Mode;

    /// <inheritdoc/>
    public long Length => _inner.Length;

    /// <inheritdoc/>
    public StorageIdentity Identity => _inner.Identity;

    /// <inheritdoc/>
    public long BufferBytes => _inner.BufferBytes;

    /// <inheritdoc/>
    public long MaxBufferBytes => _inner.MaxBufferBytes;

    /// <inheritdoc/>
    public void Read(long fileOffset, byte* destination, long byteLength)
    {
        Script.CountRead(byteLength);
        StorageFault[] faults = Script.Faults;
        foreach (StorageFault fault in faults)
        {
            if (fault.Kind is FaultKind.Hold or FaultKind.Delay && fault.Strikes(fileOffset, byteLength))
                fault.Gate!.Pass(fault.Delay);
        }
        foreach (StorageFault fault in faults)
        {
            if (fault.Kind == FaultKind.Fail && fault.Strikes(fileOffset, byteLength))
                throw new StorageException(StorageError.Io, Name, fileOffset, $"{byteLength} bytes", $"error {fault.Errno} (scripted)", fault.Errno);
        }
        long endOfFile = Script.Disguise().Length ?? long.MaxValue;
        if (byteLength > 0 && byteLength > endOfFile - fileOffset)
            DeliverAndEnd(fileOffset, destination, byteLength, Math.Max(0, endOfFile - fileOffset));
        foreach (StorageFault fault in faults)
        {
            if (fault.Kind == FaultKind.Short && fault.DeliveredBytes < byteLength && fault.Strikes(fileOffset, byteLength))
                DeliverAndEnd(fileOffset, destination, byteLength, fault.DeliveredBytes);
        }
        _inner.Read(fileOffset, destination, byteLength);
        foreach (StorageFault fault in faults)
        {
            if (fault.Kind == FaultKind.Flip && fault.Strikes(fileOffset, byteLength))
                destination[fault.Offset - fileOffset] ^= fault.FlipMask;
        }
    }

    /// <inheritdoc/>
    public StorageIdentity Stat()
    {
        (long? length, StorageIdentity? identity) = Script.Disguise();
        StorageIdentity seen = identity ?? _inner.Stat();
        return length is { } shorter && shorter < seen.Length ? seen with { Length = shorter } : seen;
    }

    /// <inheritdoc/>
    public void EnsureUnchanged()
    {
        StorageIdentity now = Stat();
        if (now != Identity) throw new StorageException(StorageError.Changed, Name, -1, Identity.ToString(), now.ToString());
    }

    /// <summary>Disposes the wrapped storage; clears a script of its own, so that no read stays held.</summary>
    public void Dispose()
    {
        if (_ownsScript) Script.Clear();
        _inner.Dispose();
    }

    private void DeliverAndEnd(long fileOffset, byte* destination, long byteLength, long deliveredBytes)
    {
        if (deliveredBytes > 0) _inner.Read(fileOffset, destination, deliveredBytes);
        throw new StorageException(StorageError.EndOfFile, Name, fileOffset, $"{byteLength} bytes", $"the end of the file at {fileOffset + deliveredBytes} (scripted)");
    }
}
