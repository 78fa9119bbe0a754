namespace WasmChord.Memory64;

/// <summary>
/// The checksum of each segment's file bytes: from the checksum file where there is one, else taken when the segment is
/// first read, and compared on every read after. Thread-safe as long as a segment is loaded by one thread at a time.
/// </summary>
public sealed class SegmentChecksums
{
    private readonly ulong[] _checksums;
    private readonly bool[] _known;

    /// <summary>Starts from what the checksum files beside the model say.</summary>
    public SegmentChecksums(SegmentTable table, ChecksumTable known)
    {
        _checksums = new ulong[table.Count];
        _known = new bool[table.Count];
        foreach (Segment s in table.Segments)
        {
            if (!known.TryGet(s.FileIndex, s.FileOffset, s.FileByteLength, out _checksums[s.Id.Value])) continue;
            _known[s.Id.Value] = true;
            FromFile++;
        }
    }

    /// <summary>Segments whose checksum came from a checksum file: even a first read of them is verified.</summary>
    public int FromFile { get; }

    /// <summary>Takes or compares the checksum of what was read.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="source">Its file bytes.</param>
    /// <param name="fileName">For the message.</param>
    /// <exception cref="ChecksumException">The bytes are not those of the first read, or of the checksum file.</exception>
    public unsafe void Verify(Segment segment, byte* source, string fileName)
    {
        ulong actual = SegmentChecksum.Compute(source, segment.FileByteLength);
        int index = segment.Id.Value;
        if (!_known[index])
        {
            _checksums[index] = actual;
            Volatile.Write(ref _known[index], true);
        }
        else if (_checksums[index] != actual)
        {
            throw new ChecksumException(fileName, segment, _checksums[index], actual);
        }
    }
}
