namespace WasmChord.Memory64;

/// <summary>
/// The checksum of each segment's file bytes: from the checksum file where there is one, else from what an earlier run
/// remembers, else taken when the segment is first read; compared on every read after. Thread-safe as long as a segment is
/// loaded by one thread at a time.
/// </summary>
public sealed class SegmentChecksums
{
    private readonly ulong[] _checksums;
    private readonly bool[] _known;
    private readonly bool[] _isRemembered;
    private readonly string? _rememberedBy;
    private int _taken;

    /// <summary>Starts from what the checksum files beside the model say.</summary>
    public SegmentChecksums(SegmentTable table, ChecksumTable known) : this(table, known, null, null)
    {
    }

    /// <summary>Starts from the checksum files, and from an earlier run where these say nothing.</summary>
    /// <param name="table">The segments.</param>
    /// <param name="known">The checksum files beside the model.</param>
    /// <param name="remembered">What an earlier run has read; null where none remembers.</param>
    /// <param name="rememberedBy">The file that says so, for messages.</param>
    public SegmentChecksums(SegmentTable table, ChecksumTable known, ModelSidecar? remembered, string? rememberedBy)
    {
        _rememberedBy = rememberedBy;
        _isRemembered = new bool[table.Count];
        _checksums = new ulong[table.Count];
        _known = new bool[table.Count];
        foreach (Segment s in table.Segments)
        {
            int i = s.Id.Value;
            if (known.TryGet(s.FileIndex, s.FileOffset, s.FileByteLength, out _checksums[i])) FromFile++;
            else if (remembered is not null && remembered.TryGet(s.FileIndex, s.FileOffset, s.FileByteLength, out SidecarExtent extent) && extent.Checksum is { } checksum)
            {
                _checksums[i] = checksum;
                _isRemembered[i] = true;
                Remembered++;
            }
            else continue;
            _known[i] = true;
        }
    }

    /// <summary>Segments whose checksum came from a checksum file: even a first read of them is verified.</summary>
    public int FromFile { get; }

    /// <summary>Segments whose checksum an earlier run has taken: a first read of them in this one is verified, too.</summary>
    public int Remembered { get; }

    /// <summary>Segments whose checksum was taken since.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>The checksum of a segment; false while nothing is known of it. Any thread may ask.</summary>
    public bool TryGet(SegmentId segment, out ulong checksum)
    {
        bool known = Volatile.Read(ref _known[segment.Value]);
        checksum = known ? _checksums[segment.Value] : 0;
        return known;
    }

    /// <summary>Takes or compares the checksum of what was read.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="source">Its file bytes.</param>
    /// <param name="fileName">For the message.</param>
    /// <exception cref="ChecksumException">The bytes are not those of the first read, of an earlier run's, or of the checksum file.</exception>
    public unsafe void Verify(Segment segment, byte* source, string fileName)
    {
        ulong actual = SegmentChecksum.Compute(source, segment.FileByteLength);
        int index = segment.Id.Value;
        if (!_known[index])
        {
            _checksums[index] = actual;
            Volatile.Write(ref _known[index], true);
            Interlocked.Increment(ref _taken);
        }
        else if (_checksums[index] != actual)
        {
            throw new ChecksumException(fileName, segment, _checksums[index], actual, _isRemembered[index] ? _rememberedBy : null);
        }
    }
}
