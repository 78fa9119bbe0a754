using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace WasmChord.Memory64;

/// <summary>
/// The system calls that .NET does not offer. Numbers are those of the Linux user-space interface
/// (<c>asm/fcntl.h</c>, <c>linux/fadvise.h</c>, <c>linux/stat.h</c>) on x64 and arm64.
/// </summary>
internal static unsafe partial class Posix
{
    public const int ErrorInterrupted = 4;
    public const int ErrorTryAgain = 11;
    public const int ErrorInvalid = 22;
    public const int AdviseNormal = 0;
    public const int AdviseRandom = 1;
    public const int AdviseSequential = 2;
    public const int AdviseDontNeed = 4;
    public const int AdviseHugePages = 14;

    private const int CloseOnExec = 0x80000;
    private const int AtEmptyPath = 0x1000;
    private const uint WantedFields = 0x7ff | 0x2000; // STATX_BASIC_STATS | STATX_DIOALIGN
    private const int StatusBytes = 256;

    /// <summary>True where these calls exist with the numbers above.</summary>
    public static bool IsSupported { get; } =
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary><c>O_DIRECT</c>: its value differs between the architectures.</summary>
    private static int DirectFlag => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x10000 : 0x4000;

    /// <summary>Opens a file for direct reads; null and the error number where the system refuses.</summary>
    public static SafeFileHandle? OpenDirect(string path, out int errno)
    {
        int descriptor;
        do
        {
            descriptor = Open(path, DirectFlag | CloseOnExec, 0);
            errno = descriptor >= 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        while (errno == ErrorInterrupted);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : null;
    }

    /// <summary>Status of an open file; false and the error number where the system refuses.</summary>
    public static bool TryGetStatus(SafeFileHandle file, out FileStatus status, out int errno)
    {
        byte* s = stackalloc byte[StatusBytes];
        errno = StatX(file, string.Empty, AtEmptyPath, WantedFields, s) == 0 ? 0 : Marshal.GetLastPInvokeError();
        if (errno != 0)
        {
            status = default;
            return false;
        }
        // Offsets in struct statx: ino 32, size 40, mtime 112 (seconds i64, nanoseconds u32), dev 136 and 140,
        // dio_mem_align 152, dio_offset_align 156.
        long modified = *(long*)(s + 112) * 1_000_000_000 + *(uint*)(s + 120);
        ulong device = (ulong)*(uint*)(s + 136) << 32 | *(uint*)(s + 140);
        bool tellsAlignment = (*(uint*)s & 0x2000) != 0;
        int alignment = tellsAlignment ? (int)Math.Max(*(uint*)(s + 152), *(uint*)(s + 156)) : 0;
        status = new FileStatus(new StorageIdentity(*(long*)(s + 40), modified, *(ulong*)(s + 32), device), alignment);
        return true;
    }

    /// <summary>Scattered read at a position; −1 and the last P/Invoke error on failure.</summary>
    [LibraryImport("libc", EntryPoint = "preadv", SetLastError = true)]
    public static partial nint ReadVectors(SafeFileHandle file, IoVector* vectors, int count, long offset);

    /// <summary>Advice on the page cache; returns the error number itself.</summary>
    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    public static partial int Advise(SafeFileHandle file, long offset, long byteLength, int advice);

    /// <summary>Advice on memory (<c>madvise</c>); −1 on failure, which callers may ignore.</summary>
    [LibraryImport("libc", EntryPoint = "madvise")]
    public static partial int AdviseMemory(void* address, nint byteLength, int advice);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(SafeFileHandle folder, string path, int flags, uint mask, byte* status);
}
