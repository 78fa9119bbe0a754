namespace WasmChord.Memory64;

/// <summary>A segment's bytes are not those that were read before, or that the checksum file promises.</summary>
public sealed class ChecksumException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ChecksumException(string fileName, Segment segment, ulong expected, ulong actual)
        : base($"{fileName}, offset {segment.FileOffset}: {segment.FileByteLength} bytes of {segment.Layer} have checksum {actual:x16}, expected {expected:x16}")
    {
        Segment = segment;
    }

    /// <summary>Which segment.</summary>
    public Segment Segment { get; }
}
