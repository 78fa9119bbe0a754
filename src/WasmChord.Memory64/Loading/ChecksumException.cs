namespace WasmChord.Memory64;

/// <summary>A segment's bytes are not those that were read before, or that the checksum file promises.</summary>
public sealed class ChecksumException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="fileName">The model's file.</param>
    /// <param name="segment">Which segment.</param>
    /// <param name="expected">The checksum that it should have.</param>
    /// <param name="actual">The checksum that it has.</param>
    /// <param name="rememberedBy">The sidecar that holds the checksum of an earlier run; null where that is not where it comes from.</param>
    public ChecksumException(string fileName, Segment segment, ulong expected, ulong actual, string? rememberedBy = null)
        : base($"{fileName}, offset {segment.FileOffset}: {segment.FileByteLength} bytes of {segment.Layer} have checksum {actual:x16}, expected {expected:x16}"
            + (rememberedBy is null ? "" : $", as an earlier run read them ({rememberedBy})"))
    {
        Segment = segment;
        IsDisputed = rememberedBy is not null;
    }

    /// <summary>Which segment.</summary>
    public Segment Segment { get; }

    /// <summary>
    /// True where only the memory of an earlier run disagrees: it may be the one that is wrong, and another read of the
    /// segment decides.
    /// </summary>
    public bool IsDisputed { get; }
}
