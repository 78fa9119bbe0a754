namespace WasmChord.Memory64;

/// <summary>The state of one model file that a sidecar speaks of, and how fast it could be read.</summary>
/// <param name="Identity">Length and time of modification; inode and device, which decide whether a measure still holds.</param>
/// <param name="HeaderBytes">Length of its GGUF header in bytes.</param>
/// <param name="HeaderChecksum">XxHash3 of the header.</param>
/// <param name="Measure">What a probe has measured; null where none was needed.</param>
/// <param name="MeasuredSeconds">When, in seconds since 1970-01-01 UTC; 0 without a measure.</param>
public sealed record SidecarFile(StorageIdentity Identity, long HeaderBytes, ulong HeaderChecksum, StorageMeasure? Measure, long MeasuredSeconds)
{
    /// <summary>
    /// Whether both speak of the same content of a file, wherever it lies: length, time of modification, header. Inode and
    /// device change with a copy, and with every mount of some file systems, while the content does not.
    /// </summary>
    public bool HasSameContentAs(SidecarFile other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Identity.Length == other.Identity.Length && Identity.ModifiedNanoseconds == other.Identity.ModifiedNanoseconds
            && HeaderBytes == other.HeaderBytes && HeaderChecksum == other.HeaderChecksum;
    }
}
