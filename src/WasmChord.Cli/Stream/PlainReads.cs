using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>
/// What plain parallel reads of the model's files reach, without the engine: threads that each <c>pread</c> the next few
/// mebibytes into a buffer of huge pages that is used over and over. Direct reads pass the page cache; buffered ones
/// find it dropped (<c>posix_fadvise</c>), unless pages are to be kept there. Linux only.
/// </summary>
internal sealed class PlainReads
{
    private const int Threads = 4;
    private const int RequestBytes = 4 << 20;
    private const long FrameBytes = 2 << 20;
    private const int ReadWrite = 3, PrivateAnonymous = 0x22, AdviseHugePage = 14, FileAdviseDontNeed = 4, CloseOnExec = 0x80000;

    // O_DIRECT has another value on arm64 (asm/fcntl.h).
    private static int DirectFlag => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x10000 : 0x4000;

    private readonly string[] _paths;
    private readonly bool _keepsPageCache;
    private readonly List<double> _rates = [];

    private PlainReads(string[] paths, StorageMode mode, bool keepsPageCache)
    {
        _paths = paths;
        _keepsPageCache = keepsPageCache;
        Mode = mode;
    }

    /// <summary>The way the files are read; never <see cref="StorageMode.Auto"/>.</summary>
    public StorageMode Mode { get; }

    /// <summary>Gigabytes (10⁹ bytes) per second of each measurement so far.</summary>
    public IReadOnlyList<double> Rates => _rates;

    /// <summary>The rate over all measurements: as many bytes each, so their harmonic mean.</summary>
    public double Rate => _rates.Count / _rates.Sum(r => 1 / r);

    /// <summary>Finds the files of a model, and how storage would read them.</summary>
    /// <exception cref="ToolException">The platform is another.</exception>
    public static async Task<PlainReads> PrepareAsync(string path, StorageOptions options, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux()) throw new ToolException("not_supported", "--compare-read needs Linux");
        using GgufModel model = await GgufModel.OpenAsync(path, cancellationToken).ConfigureAwait(false);
        using IStorage probed = Storage.Open(model.Files[0].Name, options, out _);
        return new PlainReads([.. model.Files.Select(f => f.Name)], probed.Mode, options.KeepPageCache);
    }

    /// <summary>Reads all files once.</summary>
    /// <exception cref="ToolException">A read failed.</exception>
    public void Measure()
    {
        long bytes = 0;
        double seconds = 0;
        foreach (string path in _paths)
        {
            using SafeFileHandle file = Open(path, Mode);
            if (Mode == StorageMode.Buffered && !_keepsPageCache) Advise(file, 0, 0, FileAdviseDontNeed);
            long length = new FileInfo(path).Length;
            seconds += Read(file, path, length);
            bytes += length;
        }

        _rates.Add(bytes / seconds / 1e9);
    }

    private static double Read(SafeFileHandle file, string path, long length)
    {
        long requests = (length + RequestBytes - 1) / RequestBytes, next = -1;
        Exception? failure = null;
        using CountdownEvent ready = new(Threads);
        using ManualResetEventSlim go = new();
        Thread[] threads = new Thread[Threads];
        for (int t = 0; t < Threads; t++)
        {
            threads[t] = new Thread(() =>
            {
                bool isReady = false;
                nint mapping = Map(0, RequestBytes + (nint)FrameBytes, ReadWrite, PrivateAnonymous, -1, 0);
                nint buffer = (mapping + (nint)FrameBytes - 1) & -(nint)FrameBytes;
                try
                {
                    AdviseMemory(buffer, RequestBytes, AdviseHugePage);
                    for (int at = 0; at < RequestBytes; at += 4096) Marshal.WriteByte(buffer, at, 1);
                    isReady = true;
                    ready.Signal();
                    go.Wait();
                    for (long i; (i = Interlocked.Increment(ref next)) < requests;) ReadRequest(file, path, buffer, i * RequestBytes, length);
                }
                catch (Exception e)
                {
                    failure = e;
                    // Whoever waits for all threads must not wait for one that has given up.
                    if (!isReady) ready.Signal();
                }
                finally
                {
                    Unmap(mapping, RequestBytes + (nint)FrameBytes);
                }
            });
            threads[t].Start();
        }

        ready.Wait();
        long start = Stopwatch.GetTimestamp();
        go.Set();
        foreach (Thread thread in threads) thread.Join();
        return failure is null ? Stopwatch.GetElapsedTime(start).TotalSeconds : throw failure;
    }

    private static void ReadRequest(SafeFileHandle file, string path, nint buffer, long offset, long length)
    {
        // Whole requests, also the last, which the end of the file cuts short: direct reads move whole pages.
        long wanted = Math.Min(RequestBytes, length - offset);
        for (long done = 0; done < wanted;)
        {
            long read = ReadAt(file, buffer + (nint)done, (nint)(RequestBytes - done), offset + done);
            if (read <= 0) throw new ToolException("io", $"{path}, offset {offset + done}: {(read == 0 ? "the file ended" : Marshal.GetLastPInvokeErrorMessage())}");
            done += read;
        }
    }

    private static SafeFileHandle Open(string path, StorageMode mode)
    {
        if (mode != StorageMode.Direct) return File.OpenHandle(path);
        int descriptor = OpenFile(path, DirectFlag | CloseOnExec);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new ToolException("io", $"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int OpenFile([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "pread", SetLastError = true)]
    private static extern nint ReadAt(SafeFileHandle file, nint buffer, nint count, long offset);

    [DllImport("libc", EntryPoint = "posix_fadvise")]
    private static extern int Advise(SafeFileHandle file, long offset, long length, int advice);

    [DllImport("libc", EntryPoint = "mmap")]
    private static extern nint Map(nint address, nint length, int protection, int flags, int file, long offset);

    [DllImport("libc", EntryPoint = "munmap")]
    private static extern int Unmap(nint address, nint length);

    [DllImport("libc", EntryPoint = "madvise")]
    private static extern int AdviseMemory(nint address, nint length, int advice);
}
