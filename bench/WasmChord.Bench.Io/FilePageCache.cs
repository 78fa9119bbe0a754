using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace WasmChord.Bench.Io;

/// <summary>The page cache's part that holds a file.</summary>
internal static partial class FilePageCache
{
    private const int DontNeed = 4;

    /// <summary>
    /// Drops a file's clean pages, as <c>posix_fadvise(2)</c> says, so that the next process is charged for the pages it
    /// brings in and starts cold. Pages that another process maps stay.
    /// </summary>
    /// <returns>False where the system has no such call or refuses.</returns>
    public static bool TryDrop(string path)
    {
        if (!OperatingSystem.IsLinux()) return false;
        using SafeFileHandle file = File.OpenHandle(path);
        return Advise(file, 0, 0, DontNeed) == 0;
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, long offset, long byteLength, int advice);
}
