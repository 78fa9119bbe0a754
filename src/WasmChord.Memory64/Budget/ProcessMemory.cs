using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace WasmChord.Memory64;

/// <summary>
/// The memory that this process alone is to blame for: its proportional share of anonymous and of shared-memory pages
/// (<c>Pss_Anon</c> and <c>Pss_Shmem</c> of <c>/proc/self/smaps_rollup</c>, Linux 5.4 or newer); elsewhere the working
/// set, which counts mapped files too.
/// </summary>
/// <param name="AnonymousBytes">Share of anonymous pages; the working set where the kernel does not tell.</param>
/// <param name="SharedBytes">Share of shared-memory pages.</param>
/// <param name="IsExact">True where it comes from the kernel's roll-up.</param>
public readonly record struct ProcessMemory(long AnonymousBytes, long SharedBytes, bool IsExact)
{
    private const string RollupPath = "/proc/self/smaps_rollup", StatusPath = "/proc/self/status";

    /// <summary>Both together: the number that a budget is held against.</summary>
    public long PrivateBytes => AnonymousBytes + SharedBytes;

    /// <summary>Reads the numbers of now. The kernel walks the page tables for it: milliseconds for gigabytes, so sample sparsely.</summary>
    public static ProcessMemory Sample() => Sample(RollupPath);

    /// <summary>
    /// Reads the kernel's counters of now, in microseconds: <c>RssAnon</c> and <c>RssShmem</c> of <c>/proc/self/status</c>
    /// (<c>proc(5)</c>). Pages that are shared or mapped twice count in full, so it is never less than <see cref="Sample()"/>,
    /// but for what the kernel has not added up yet. The working set where the kernel does not tell.
    /// </summary>
    public static long SampleBound()
    {
        Span<byte> text = stackalloc byte[4096];
        text = text[..Read(StatusPath, text)];
        return TryFind(text, "RssAnon:"u8, out long anonymous) && TryFind(text, "RssShmem:"u8, out long shared) ? anonymous + shared : Environment.WorkingSet;
    }

    internal static ProcessMemory Sample(string path)
    {
        Span<byte> text = stackalloc byte[2048];
        text = text[..Read(path, text)];
        return TryFind(text, "Pss_Anon:"u8, out long anonymous) && TryFind(text, "Pss_Shmem:"u8, out long shared)
            ? new ProcessMemory(anonymous, shared, true)
            : new ProcessMemory(Environment.WorkingSet, 0, false);
    }

    private static int Read(string path, Span<byte> text)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path);
            return RandomAccess.Read(file, text, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static bool TryFind(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key, out long bytes)
    {
        bytes = 0;
        int at = text.IndexOf(key);
        if (at < 0) return false;
        ReadOnlySpan<byte> value = text[(at + key.Length)..].TrimStart(" \t"u8);
        if (!Utf8Parser.TryParse(value, out long kibibytes, out _)) return false;
        bytes = kibibytes * 1024;
        return true;
    }
}
