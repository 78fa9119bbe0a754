using System.Collections.Concurrent;

namespace WasmChord.Memory64;

/// <summary>
/// The checksum of each segment's file bytes: from the checksum file where there is one, else from what an earlier run
/// remembers, else taken when the segment is first read; compared on every read after. Thread-safe as long as a segment is
/// loaded by one thread at a time.
/// </summary>
/// <remarks>
/// States of a segment: unknown → known, taken at its first read; remembered → known, when a read agrees; remembered →
/// disputed, when one does not; disputed → known, when the next read agrees with either. Two reads that agree with each
/// other overrule an earlier run: its file may be anybody's, the model is what it is. After that nothing that it
/// remembers and that no read has confirmed is believed: remembered → unknown, all at once.
/// </remarks>
public sealed class SegmentChecksums
{
    private readonly ulong[] _checksums;
    private readonly bool[] _known;
    private readonly bool[] _remembered; // known from an earlier run, and not confirmed by a read of this one
    private readonly ConcurrentDictionary<int, ulong> _disputed = new(); // (segment) → what its first read here gave
    private readonly string _rememberedBy;
    private volatile bool _isDisbelieved;
    private int _taken;
    private int _overruled;

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
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(known);
        _rememberedBy = rememberedBy ?? "";
        _remembered = new bool[table.Count];
        _checksums = new ulong[table.Count];
        _known = new bool[table.Count];
        foreach (Segment s in table.Segments)
        {
            int i = s.Id.Value;
            if (known.TryGet(s.FileIndex, s.FileOffset, s.FileByteLength, out _checksums[i]))
            {
                FromFile++;
            }
            else if (remembered is not null && remembered.TryGet(s.FileIndex, s.FileOffset, s.FileByteLength, out SidecarExtent extent) && extent.Checksum is { } checksum)
            {
                _checksums[i] = checksum;
                _remembered[i] = true;
                Remembered++;
            }
            else
            {
                continue;
            }

            _known[i] = true;
        }
    }

    /// <summary>Segments whose checksum came from a checksum file: even a first read of them is verified.</summary>
    public int FromFile { get; }

    /// <summary>Segments whose checksum an earlier run has taken: a first read of them in this one is compared with it.</summary>
    public int Remembered { get; }

    /// <summary>Segments whose checksum was taken since.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Segments of which two reads agreed with each other and not with an earlier run.</summary>
    public int Overruled => Volatile.Read(ref _overruled);

    /// <summary>The checksum of a segment; false while nothing is known of it. Any thread may ask.</summary>
    public bool TryGet(SegmentId segment, out ulong checksum)
    {
        bool isKnown = IsKnown(segment.Value);
        checksum = isKnown ? _checksums[segment.Value] : 0;
        return isKnown;
    }

    /// <summary>Takes or compares the checksum of what was read.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="source">Its file bytes.</param>
    /// <param name="fileName">For the message.</param>
    /// <exception cref="ChecksumException">
    /// The bytes are not those of the first read, or of the checksum file; or, with
    /// <see cref="ChecksumException.IsDisputed"/>, not those of an earlier run: then whoever loads reads once more.
    /// </exception>
    public unsafe void Verify(Segment segment, byte* source, string fileName)
    {
        ulong actual = SegmentChecksum.Compute(source, segment.FileByteLength);
        int index = segment.Id.Value;
        ulong expected = _checksums[index];
        if (!IsKnown(index))
        {
            Take(index, actual);
        }
        else if (expected == actual)
        {
            if (!_remembered[index]) return;
            _disputed.TryRemove(index, out _);
            Volatile.Write(ref _remembered[index], false);
        }
        else if (!_remembered[index])
        {
            throw new ChecksumException(fileName, segment, expected, actual);
        }
        else if (!_disputed.TryRemove(index, out ulong first))
        {
            _disputed[index] = actual;
            throw new ChecksumException(fileName, segment, expected, actual, _rememberedBy);
        }
        else if (first != actual)
        {
            throw new ChecksumException(fileName, segment, first, actual);
        }
        else
        {
            _isDisbelieved = true;
            Interlocked.Increment(ref _overruled);
            Take(index, actual);
        }
    }

    private bool IsKnown(int index) => Volatile.Read(ref _known[index]) && !(Volatile.Read(ref _remembered[index]) && _isDisbelieved);

    // The marks come last: who sees them sees the checksum.
    private void Take(int index, ulong checksum)
    {
        _checksums[index] = checksum;
        Volatile.Write(ref _remembered[index], false);
        Volatile.Write(ref _known[index], true);
        Interlocked.Increment(ref _taken);
    }
}
