using System.Globalization;

namespace WasmChord.Memory64;

/// <summary>
/// How much memory is really to be had: the least of what the kernel calls available (<c>MemAvailable</c> of
/// <c>proc(5)</c>) and what each control group above this process leaves, version 2 or 1 (Linux
/// <c>admin-guide/cgroup-v2</c>, <c>cgroup-v1/memory</c>). File pages that a group may drop do not count as used. Elsewhere,
/// what the garbage collector knows of the machine.
/// </summary>
/// <param name="root">The folder that holds <c>proc</c> and <c>sys</c>; tests give a faked one.</param>
public sealed class MemoryProbe(string root = "/")
{
    private const string GroupMount = "sys/fs/cgroup";

    /// <summary>Reads the limits; they change as other processes come and go.</summary>
    public MemoryReading Sample()
    {
        MemoryReading? least = MachineMemory();
        foreach (MemoryReading limit in GroupLimits())
            if (least is null || limit.AvailableBytes < least.Value.AvailableBytes) least = limit;
        return least ?? FromCollector();
    }

    /// <summary>
    /// Part of the last ten seconds, in percent, in which some task of the machine waited for memory: <c>some avg10</c> of
    /// <c>/proc/pressure/memory</c> (Linux <c>accounting/psi</c>); null where the kernel does not tell.
    /// </summary>
    public double? SamplePressure()
    {
        const string Key = "avg10=";
        foreach (string line in Lines("proc/pressure/memory"))
        {
            if (!line.StartsWith("some ", StringComparison.Ordinal)) continue;
            foreach (string field in line.Split(' '))
            {
                if (field.StartsWith(Key, StringComparison.Ordinal)
                    && double.TryParse(field.AsSpan(Key.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out double percent)) return percent;
            }
        }

        return null;
    }

    private static MemoryReading FromCollector()
    {
        GCMemoryInfo info = GC.GetGCMemoryInfo();
        long free = Math.Max(0, info.TotalAvailableMemoryBytes - info.MemoryLoadBytes);
        return new MemoryReading(free, $"the garbage collector: {info.TotalAvailableMemoryBytes} bytes less {info.MemoryLoadBytes} in use");
    }

    private MemoryReading? MachineMemory()
    {
        foreach (string line in Lines("proc/meminfo"))
        {
            if (!line.StartsWith("MemAvailable:", StringComparison.Ordinal)) continue;
            ReadOnlySpan<char> value = line.AsSpan("MemAvailable:".Length).Trim();
            if (value.EndsWith(" kB") && TryParse(value[..^3], out long kibibytes))
                return new MemoryReading(kibibytes * 1024, $"/proc/meminfo: MemAvailable {kibibytes} kB");
        }
        return null;
    }

    private IEnumerable<MemoryReading> GroupLimits()
    {
        List<GroupMountPoint> mounts = [.. MountPoints()];
        foreach (string line in Lines("proc/self/cgroup"))
        {
            string[] parts = line.Split(':', 3);
            if (parts.Length != 3) continue;
            bool isVersion2 = parts[0] == "0" && parts[1].Length == 0;
            if (!isVersion2 && !parts[1].Split(',').Contains("memory")) continue;
            foreach (GroupMountPoint mount in mounts)
            {
                if (mount.IsVersion2 != isVersion2) continue;
                foreach (string group in Ancestors(mount.Path, mount.Relative(parts[2])))
                    if ((isVersion2 ? Version2(group) : Version1(group)) is { } limit) yield return limit;
            }
        }
    }

    private MemoryReading? Version2(string group)
    {
        long? max = Number($"{group}/memory.max"), high = Number($"{group}/memory.high");
        if ((max ?? high) is null) return null;
        bool highDecides = max is null || high < max;
        return Left(group, highDecides ? "memory.high" : "memory.max", highDecides ? high!.Value : max!.Value, "memory.current", "inactive_file");
    }

    private MemoryReading? Version1(string group)
    {
        // A group without a limit shows the largest number of pages that fits in 63 bits.
        long? limit = Number($"{group}/memory.limit_in_bytes");
        return limit is null or > long.MaxValue / 2 ? null : Left(group, "memory.limit_in_bytes", limit.Value, "memory.usage_in_bytes", "total_inactive_file");
    }

    private MemoryReading? Left(string group, string limitName, long limit, string usageName, string reclaimableName)
    {
        if (Number($"{group}/{usageName}") is not { } usage) return null;
        long reclaimable = 0;
        foreach (string line in Lines($"{group}/memory.stat"))
        {
            int space = line.IndexOf(' ');
            if (space > 0 && line.AsSpan(0, space).SequenceEqual(reclaimableName)) TryParse(line.AsSpan(space + 1), out reclaimable);
        }
        long left = Math.Max(0, limit - Math.Max(0, usage - reclaimable));
        return new MemoryReading(left, $"/{group}/{limitName}: {limit} bytes less {usage} in use, of which {reclaimable} are reclaimable file pages");
    }

    /// <summary>From the process's own group up to the mount, whose own limits count too (a container sees only that).</summary>
    private static IEnumerable<string> Ancestors(string mount, string relative)
    {
        string path = relative.Trim('/');
        while (path.Length > 0)
        {
            yield return $"{mount}/{path}";
            path = path[..Math.Max(0, path.LastIndexOf('/'))];
        }
        yield return mount;
    }

    /// <summary>Where the memory controllers are mounted; the usual places where the kernel does not say.</summary>
    private IEnumerable<GroupMountPoint> MountPoints()
    {
        bool any = false;
        foreach (string line in Lines("proc/self/mountinfo"))
        {
            // proc(5): id parent major:minor root mount-point options [tags] - type source super-options
            string[] fields = line.Split(' ');
            int dash = Array.IndexOf(fields, "-");
            if (dash < 6 || fields.Length < dash + 4) continue;
            bool isVersion2 = fields[dash + 1] == "cgroup2";
            if (!isVersion2 && (fields[dash + 1] != "cgroup" || !fields[dash + 3].Split(',').Contains("memory"))) continue;
            any = true;
            yield return new GroupMountPoint(isVersion2, fields[3], fields[4].Trim('/'));
        }
        if (any) yield break;
        yield return new GroupMountPoint(true, "/", GroupMount);
        yield return new GroupMountPoint(false, "/", $"{GroupMount}/memory");
    }

    private long? Number(string path)
    {
        foreach (string line in Lines(path)) return TryParse(line, out long value) ? value : null;
        return null;
    }

    private string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(Path.Combine(root, path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool TryParse(ReadOnlySpan<char> text, out long value) =>
        long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out value);

    /// <summary>A mounted hierarchy of control groups.</summary>
    /// <param name="IsVersion2">Version 2, or the memory controller of version 1.</param>
    /// <param name="GroupRoot">The group that is mounted: in a container often not the topmost.</param>
    /// <param name="Path">Where, without the leading slash.</param>
    private readonly record struct GroupMountPoint(bool IsVersion2, string GroupRoot, string Path)
    {
        /// <summary>A group's path below the mount; the mount itself where the group lies outside it.</summary>
        public string Relative(string group)
        {
            if (GroupRoot == "/") return group;
            if (group == GroupRoot) return string.Empty;
            return group.StartsWith(GroupRoot + "/", StringComparison.Ordinal) ? group[GroupRoot.Length..] : string.Empty;
        }
    }
}
