using System.Diagnostics;
using WasmChord.Memory64;

namespace WasmChord.Bench.Io;

/// <summary>What one cell of the table came to.</summary>
/// <param name="Rate">Gigabytes (10⁹) per second.</param>
/// <param name="ProcessorSeconds">Processor time of the whole process per GiB read.</param>
internal readonly record struct Measurement(double Rate, double ProcessorSeconds)
{
    private const long ExtentBytes = 16 << 20;

    // Tensors start at multiples of 32 bytes, so extents have ragged ends as a model's do.
    private const long Raggedness = 1056;

    /// <summary>
    /// Reads <paramref name="byteLength"/> bytes in extents of 16 MiB, each thread taking the next extent, to
    /// addresses that agree with the file offset modulo 4,096.
    /// </summary>
    public static unsafe Measurement Take(IStorage storage, Destination destination, long start, long byteLength, int threadCount)
    {
        int extents = (int)(byteLength / ExtentBytes), next = -1;
        Thread[] threads = new Thread[threadCount];
        TimeSpan processorBefore = Environment.CpuUsage.TotalTime;
        long before = Stopwatch.GetTimestamp();
        for (int t = 0; t < threadCount; t++)
        {
            threads[t] = new Thread(() =>
            {
                for (int i; (i = Interlocked.Increment(ref next)) < extents;)
                    storage.Read(start + i * ExtentBytes + Raggedness, destination.Start + i * ExtentBytes + Raggedness, ExtentBytes - 2 * Raggedness);
            });
            threads[t].Start();
        }
        foreach (Thread thread in threads) thread.Join();
        double seconds = Stopwatch.GetElapsedTime(before).TotalSeconds;
        double processor = (Environment.CpuUsage.TotalTime - processorBefore).TotalSeconds;
        return new Measurement(byteLength / seconds / 1e9, processor * (1 << 30) / byteLength);
    }

    /// <summary>The medians of both figures, each by itself.</summary>
    public static Measurement Median(IReadOnlyCollection<Measurement> all) => new(
        all.Select(m => m.Rate).Order().ElementAt(all.Count / 2),
        all.Select(m => m.ProcessorSeconds).Order().ElementAt(all.Count / 2));

    /// <inheritdoc/>
    public override string ToString() => $"{Rate:0.00} ({ProcessorSeconds:0.00})";
}
