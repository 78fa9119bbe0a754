using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>
/// Asks the operating system, every few milliseconds, how much memory the process has to itself, and keeps the highest
/// answer. The exact question takes milliseconds where there are gigabytes, and stops whoever wants memory meanwhile: it is
/// asked only when the kernel's counters have risen.
/// </summary>
internal sealed class MemorySampler : IDisposable
{
    private const long Step = 1 << 20;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(10);

    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private long _peakBytes;
    private int _samples;

    public MemorySampler()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "memory-sampler" };
        _thread.Start();
    }

    /// <summary>The highest sum of private anonymous and shared memory that was seen.</summary>
    public long PeakBytes => Volatile.Read(ref _peakBytes);

    /// <summary>How often it was looked at.</summary>
    public int Samples => Volatile.Read(ref _samples);

    /// <summary>Stops sampling; the peak stays.</summary>
    public void Dispose()
    {
        if (_stop.IsSet) return;
        _stop.Set();
        _thread.Join();
    }

    private void Run()
    {
        long highest = 0;
        do
        {
            Volatile.Write(ref _samples, _samples + 1);
            long bound = ProcessMemory.SampleBound();
            if (bound < highest + Step) continue;
            highest = bound;
            Volatile.Write(ref _peakBytes, Math.Max(_peakBytes, ProcessMemory.Sample().PrivateBytes));
        }
        while (!_stop.Wait(s_interval));
    }
}
