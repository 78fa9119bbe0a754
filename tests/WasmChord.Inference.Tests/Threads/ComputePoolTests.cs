namespace WasmChord.Inference.Tests;

public sealed class ComputePoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Run_OfAnyJob_RunsEachPartOnceOnItsThread(int threads)
    {
        using ComputePool pool = new(threads);
        RecordingJob job = new(threads);
        for (int i = 1; i <= 2000; i++)
        {
            pool.Run(job);
            Assert.All(job.Runs, runs => Assert.Equal(i, runs));
        }

        Assert.Equal(threads, job.Threads.Distinct().Count());
        Assert.Equal(Environment.CurrentManagedThreadId, job.Threads[0]);
    }

    [Fact]
    public void Run_AfterThePoolSlept_WakesIt()
    {
        using ComputePool pool = new(3);
        RecordingJob job = new(3);
        using ManualResetEventSlim never = new();
        for (int i = 1; i <= 20; i++)
        {
            never.Wait(20);
            pool.Run(job);
            Assert.All(job.Runs, runs => Assert.Equal(i, runs));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_WhenAPartThrows_ThrowsItAfterAllHaveEnded(int failing)
    {
        using ComputePool pool = new(3);
        RecordingJob job = new(3) { FailingPart = failing };
        for (int i = 1; i <= 50; i++)
        {
            Assert.Equal($"part {failing}", Assert.Throws<InvalidOperationException>(() => pool.Run(job)).Message);
            Assert.All(job.Runs, runs => Assert.Equal(i, runs));
        }

        job.FailingPart = -1;
        pool.Run(job);
    }

    [Fact]
    public void Dispose_OfAPool_EndsItsThreads()
    {
        ComputePool pool = new(4);
        RecordingJob job = new(4);
        pool.Run(job);
        pool.Dispose();
        pool.Dispose();
        Assert.All(job.Workers.Skip(1), worker => Assert.False(worker!.IsAlive));
        Assert.Throws<ObjectDisposedException>(() => pool.Run(job));
    }

    [Fact]
    public void Idle_OfAPool_TakesNoProcessorTime()
    {
        using ComputePool pool = new(4);
        ProcessorTimeJob job = new(4);
        using ManualResetEventSlim never = new();
        pool.Run(job);
        never.Wait(600);
        pool.Run(job);
        // A thread that spun would have used most of the 600 ms, or its share of them; sleeping ones hardly a tick.
        Assert.All(job.Spent.Skip(1), spent => Assert.InRange(spent.TotalMilliseconds, 0, 100));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void ComputePool_OfNoThreads_IsRefused(int threads) => Assert.Throws<ArgumentOutOfRangeException>(() => new ComputePool(threads));

    private sealed class RecordingJob(int parts) : IComputeJob
    {
        public int[] Runs { get; } = new int[parts];

        public int[] Threads { get; } = new int[parts];

        public Thread?[] Workers { get; } = new Thread?[parts];

        public int FailingPart { get; set; } = -1;

        public void Run(int part, int partCount)
        {
            Assert.Equal(parts, partCount);
            Runs[part]++;
            Threads[part] = Environment.CurrentManagedThreadId;
            Workers[part] = Thread.CurrentThread;
            if (part == FailingPart) throw new InvalidOperationException($"part {part}");
        }
    }

    /// <summary>The processor time that each thread spent since the last run, where the system tells.</summary>
    private sealed class ProcessorTimeJob(int parts) : IComputeJob
    {
        private readonly TimeSpan[] _before = new TimeSpan[parts];

        public TimeSpan[] Spent { get; } = new TimeSpan[parts];

        public void Run(int part, int partCount)
        {
            TimeSpan now = Now();
            Spent[part] = now - _before[part];
            _before[part] = now;
        }

        // utime and stime, in ticks of 10 ms, are fields 14 and 15 of proc(5)'s stat; the name before them may hold spaces.
        private static TimeSpan Now()
        {
            if (!OperatingSystem.IsLinux()) return default;
            string stat = File.ReadAllText("/proc/thread-self/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return TimeSpan.FromMilliseconds(10 * (long.Parse(fields[11], null) + long.Parse(fields[12], null)));
        }
    }
}
