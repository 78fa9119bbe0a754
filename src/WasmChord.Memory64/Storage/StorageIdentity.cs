namespace WasmChord.Memory64;

/// <summary>What tells one state of a file from another.</summary>
/// <param name="Length">Length of the file in bytes.</param>
/// <param name="ModifiedNanoseconds">Time of modification, in nanoseconds since 1970-01-01 UTC.</param>
/// <param name="Inode">The file's number on its device; 0 where the platform does not tell.</param>
/// <param name="Device">The device: major number above bit 32, minor number below; 0 where the platform does not tell.</param>
public readonly record struct StorageIdentity(long Length, long ModifiedNanoseconds, ulong Inode, ulong Device)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Length} bytes, modified at {ModifiedNanoseconds} ns, inode {Device:x}:{Inode}";
}
