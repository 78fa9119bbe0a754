using System.Diagnostics;
using System.IO.Hashing;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>
/// What one requester has seen: the hash of every segment as it read it through its leases, and how long it waited. All
/// room is taken up before the run, so that keeping the record does not count against anybody's memory.
/// </summary>
internal sealed class RequesterRecord
{
    private readonly ulong[] _hashes;
    private readonly bool[] _wasRead;
    private long _servedBytes;
    private long _reads;
    private int _visitCount;

    public RequesterRecord(int segmentCount, long visitCount)
    {
        _hashes = new ulong[segmentCount];
        _wasRead = new bool[segmentCount];
        Visits = new List<LayerVisit>((int)Math.Min(visitCount, 1 << 20));
    }

    /// <summary>Its visits, in order; to be looked at when the requester is done.</summary>
    public List<LayerVisit> Visits { get; }

    /// <summary>How many there are; at any time.</summary>
    public int VisitCount => Volatile.Read(ref _visitCount);

    /// <summary>Bytes that it read through its leases.</summary>
    public long ServedBytes => Volatile.Read(ref _servedBytes);

    /// <summary>Segments that it read, repetitions included.</summary>
    public long Reads => Volatile.Read(ref _reads);

    /// <summary>The first segment whose bytes were not the same at every read; null where all were.</summary>
    public SegmentId? FirstChanged { get; private set; }

    /// <summary>When the first pass had ended, and the bytes that the engine had read by then; null before.</summary>
    public (long Timestamp, long BytesRead)? FirstPass { get; private set; }

    /// <summary>The first pass has ended; only the first call counts.</summary>
    public void EndFirstPass(long bytesRead) => FirstPass ??= (Stopwatch.GetTimestamp(), bytesRead);

    /// <summary>Adds a visit that has ended.</summary>
    public void Add(LayerVisit visit)
    {
        Visits.Add(visit);
        Volatile.Write(ref _visitCount, Visits.Count);
    }

    /// <summary>Hashes every segment of a lease.</summary>
    public void Read(LeaseReader reader)
    {
        foreach (Segment segment in reader.Segments)
        {
            ulong hash = XxHash3.HashToUInt64(reader.Bytes(segment));
            int index = segment.Id.Value;
            if (_wasRead[index] && _hashes[index] != hash) FirstChanged ??= segment.Id;
            _hashes[index] = hash;
            _wasRead[index] = true;
            Volatile.Write(ref _servedBytes, _servedBytes + segment.ByteLength);
            Volatile.Write(ref _reads, _reads + 1);
        }
    }

    /// <summary>The hash of a segment as last read; false where it was not.</summary>
    public bool TryGetHash(SegmentId segment, out ulong hash)
    {
        hash = _hashes[segment.Value];
        return _wasRead[segment.Value];
    }
}
