using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace WasmChord.Memory64;

/// <summary>What a few megabytes, read each way at places spread over the file, tell of the two ways.</summary>
/// <param name="DirectRate">Direct reads, in bytes per second.</param>
/// <param name="BufferedRate">Buffered reads, in bytes per second.</param>
/// <param name="ProbedBytes">What was read in all.</param>
/// <param name="Failure">What a direct read failed with; null where none did.</param>
internal readonly record struct StorageProbe(double DirectRate, double BufferedRate, long ProbedBytes, string? Failure = null)
{
    /// <summary>Files below this are read buffered: there is nothing to gain, and a probe would read a good part of them.</summary>
    public const long SmallestProbedBytes = 128 << 20;

    private const int SampleBytes = 4 << 20;
    private const int Rounds = 4;
    private const long FrameBytes = 2 << 20;

    private static readonly TimeSpan s_limit = TimeSpan.FromMilliseconds(250);

    /// <summary>The way to read.</summary>
    public StorageMode Choice => Failure is null ? Measured.Choice : StorageMode.Buffered;

    /// <summary>The rates; nothing for direct reads where one failed.</summary>
    public StorageMeasure Measured => Failure is null ? new StorageMeasure(DirectRate, BufferedRate) : new StorageMeasure(0, Math.Max(1, BufferedRate));

    /// <summary>Reads up to 16 MiB each way in turn, and stops after a quarter of a second.</summary>
    public static unsafe StorageProbe Measure(IStorage direct, BufferedStorage buffered)
    {
        byte* sample = (byte*)NativeMemory.AlignedAlloc(SampleBytes, (nuint)FrameBytes);
        try
        {
            if (Posix.IsSupported) Posix.AdviseMemory(sample, SampleBytes, Posix.AdviseHugePages);
            NativeMemory.Clear(sample, SampleBytes);
            long start = Stopwatch.GetTimestamp();
            long stride = (buffered.Length - SampleBytes) / (2 * Rounds) & -4096L;
            double directSeconds = 0, bufferedSeconds = 0;
            int done = 0;
            for (; done < Rounds && (done == 0 || Stopwatch.GetElapsedTime(start) < s_limit); done++)
            {
                directSeconds += Time(direct, sample, stride * (2 * done));
                buffered.DropFromPageCache(stride * (2 * done + 1), SampleBytes);
                bufferedSeconds += Time(buffered, sample, stride * (2 * done + 1));
            }
            double bytes = (double)SampleBytes * done;
            return new StorageProbe(bytes / directSeconds, bytes / bufferedSeconds, 2L * SampleBytes * done);
        }
        catch (StorageException e) when (e.Error == StorageError.Io)
        {
            return new StorageProbe(0, 0, 0, e.Message);
        }
        finally
        {
            NativeMemory.AlignedFree(sample);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Failure is null
        ? string.Create(CultureInfo.InvariantCulture, $"{(Choice == StorageMode.Direct ? "direct" : "buffered")}: a probe of {ProbedBytes >> 20} MiB read {DirectRate / 1e9:0.00} GB/s direct, {BufferedRate / 1e9:0.00} GB/s buffered")
        : $"buffered: a direct read failed ({Failure})";

    private static unsafe double Time(IStorage storage, byte* sample, long offset)
    {
        long start = Stopwatch.GetTimestamp();
        storage.Read(offset, sample, SampleBytes);
        return Math.Max(Stopwatch.GetElapsedTime(start).TotalSeconds, 1e-9);
    }
}
