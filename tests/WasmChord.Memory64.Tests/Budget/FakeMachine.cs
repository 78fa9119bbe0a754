namespace WasmChord.Memory64.Tests;

/// <summary>A folder that looks like the root of a Linux machine to a <see cref="MemoryProbe"/>; deleted when disposed.</summary>
internal sealed class FakeMachine : IDisposable
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), $"wasmchord-{Guid.NewGuid():n}");

    public FakeMachine(long availableKibibytes, string group)
    {
        Directory.CreateDirectory(_root);
        Write("proc/meminfo", $"MemTotal:       24576000 kB\nMemFree:          100000 kB\nMemAvailable:   {availableKibibytes} kB\nBuffers: 1 kB\n");
        Write("proc/self/cgroup", group);
    }

    public FakeMachine()
    {
        Directory.CreateDirectory(_root);
    }

    public MemoryProbe Probe => new(_root);

    public MemoryReading Sample() => Probe.Sample();

    public FakeMachine Write(string path, string text)
    {
        string full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return this;
    }

    public FakeMachine Group2(string path, string max, long current, long inactiveFile, string? high = null)
    {
        Write($"{path}/memory.max", max + "\n");
        Write($"{path}/memory.current", $"{current}\n");
        Write($"{path}/memory.stat", $"anon 5\nactive_file 7\ninactive_file {inactiveFile}\n");
        return high is null ? this : Write($"{path}/memory.high", high + "\n");
    }

    public FakeMachine Group1(string path, string limit, long usage, long inactiveFile)
    {
        Write($"{path}/memory.limit_in_bytes", limit + "\n");
        Write($"{path}/memory.usage_in_bytes", $"{usage}\n");
        return Write($"{path}/memory.stat", $"inactive_file 1\ntotal_cache 9\ntotal_inactive_file {inactiveFile}\n");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
