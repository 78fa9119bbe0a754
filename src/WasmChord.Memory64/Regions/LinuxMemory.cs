using System.Runtime.InteropServices;

namespace WasmChord.Memory64;

/// <summary>The memory calls of Linux that regions are made of; constants from the kernel's <c>mman.h</c>.</summary>
internal static unsafe partial class LinuxMemory
{
    public const int ProtNone = 0, ProtReadWrite = 3;
    public const int MapPrivate = 0x02, MapFixed = 0x10, MapAnonymous = 0x20, MapNoReserve = 0x4000;
    public const int RemapMayMove = 1, RemapFixed = 2, RemapDontUnmap = 4;
    public const int AdviseDontNeed = 4, AdviseHugePage = 14, AdviseNoHugePage = 15, AdvisePopulateWrite = 23, AdviseDontDump = 16;

    private static readonly nint s_failed = -1;

    /// <summary>Maps private anonymous memory, or fails with null.</summary>
    public static byte* Map(nint address, long length, int protection, int flags)
    {
        nint result = MapCore(address, (nuint)length, protection, flags, -1, 0);
        return result == s_failed ? null : (byte*)result;
    }

    /// <summary>Moves the pages of a range to a fixed place and leaves the old range mapped and empty (Linux 5.7).</summary>
    public static bool Move(byte* from, byte* to, long length)
    {
        const int Flags = RemapMayMove | RemapFixed | RemapDontUnmap;
        return RemapCore((nint)from, (nuint)length, (nuint)length, Flags, (nint)to) == (nint)to;
    }

    public static bool Advise(byte* address, long length, int advice) => AdviseCore((nint)address, (nuint)length, advice) == 0;

    public static bool Unmap(nint address, long length) => UnmapCore(address, (nuint)length) == 0;

    public static bool Protect(byte* address, long length, int protection) => ProtectCore((nint)address, (nuint)length, protection) == 0;

    /// <summary>
    /// Writes a zero to each page of memory that nobody uses, so that it is present. By calls out of managed code: a
    /// fault can take milliseconds, for which a collection would have to wait.
    /// </summary>
    public static void Touch(byte* address, long length)
    {
        for (long at = 0; at < length; at += ImageOptions.PageBytes) SetCore((nint)(address + at), 0, 1);
    }

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int ProtectCore(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "memset")]
    private static partial nint SetCore(nint address, int value, nuint length);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint MapCore(nint address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "mremap", SetLastError = true)]
    private static partial nint RemapCore(nint oldAddress, nuint oldLength, nuint newLength, int flags, nint newAddress);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int AdviseCore(nint address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int UnmapCore(nint address, nuint length);
}
