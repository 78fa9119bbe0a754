using System.Buffers.Text;

namespace WasmChord.Memory64;

/// <summary>
/// How much memory is really to be had: the least of what the kernel calls available (<c>MemAvailable</c> of
/// <c>proc(5)</c>) and what each control group above this process leaves, version 2 or 1 (Linux
/// <c>admin-guide/cgroup-v2</c>, <c>cgroup-v1/memory</c>). File pages that a group may drop do not count as used. Elsewhere,
/// what the garbage collector knows of the machine. A probe that is kept looks again at little cost. Thread-safe.
/// </summary>
public sealed class MemoryProbe
{
    private readonly Lock _looking = new();
    private readonly KernelFiles _files;
    private readonly ControlGroups _groups;
    private readonly string _machine, _pressure;

    /// <param name="root">The folder that holds <c>proc</c> and <c>sys</c>; tests give a faked one.</param>
    public MemoryProbe(string root = "/")
    {
        _files = new KernelFiles(root);
        _groups = new ControlGroups(_files);
        _machine = Path.Combine(root, "proc/meminfo");
        _pressure = Path.Combine(root, "proc/pressure/memory");
    }

    /// <summary>Reads the limits; they change as other processes come and go.</summary>
    public MemoryReading Sample()
    {
        lock (_looking)
        {
            MemoryReading? least = Machine();
            foreach (ControlGroup group in _groups.Current())
                if (group.Sample() is { } limit && (least is null || limit.AvailableBytes < least.Value.AvailableBytes)) least = limit;
            return least ?? FromCollector();
        }
    }

    /// <summary>
    /// Part of the last ten seconds, in percent, in which some task of the machine waited for memory: <c>some avg10</c> of
    /// <c>/proc/pressure/memory</c> (Linux <c>accounting/psi</c>); null where the kernel does not tell.
    /// </summary>
    public double? SamplePressure()
    {
        lock (_looking)
        {
            ReadOnlySpan<byte> key = "avg10="u8, fields = KernelFiles.Field(_files.Read(_pressure), "some"u8);
            int at = fields.IndexOf(key);
            return at >= 0 && Utf8Parser.TryParse(fields[(at + key.Length)..], out double percent, out _) ? percent : null;
        }
    }

    private static MemoryReading FromCollector()
    {
        GCMemoryInfo info = GC.GetGCMemoryInfo();
        long free = Math.Max(0, info.TotalAvailableMemoryBytes - info.MemoryLoadBytes);
        return new MemoryReading(free, "the garbage collector: {0} bytes less {1} in use", info.TotalAvailableMemoryBytes, info.MemoryLoadBytes);
    }

    private MemoryReading? Machine()
    {
        ReadOnlySpan<byte> value = KernelFiles.Field(_files.Read(_machine), "MemAvailable:"u8);
        return value.EndsWith(" kB"u8) && KernelFiles.ParseNumber(value[..^3]) is { } kibibytes
            ? new MemoryReading(kibibytes * 1024, "/proc/meminfo: MemAvailable {0} kB", kibibytes)
            : null;
    }
}
