namespace WasmChord.Memory64;

/// <summary>What <c>statx(2)</c> tells of an open file.</summary>
/// <param name="Identity">Length, time of modification, inode and device.</param>
/// <param name="DirectAlignmentBytes">
/// What memory, offset and length of direct reads must be multiples of; 0 where the kernel does not tell (before 6.1, or
/// a file system that refuses direct reads).
/// </param>
internal readonly record struct FileStatus(StorageIdentity Identity, int DirectAlignmentBytes);
