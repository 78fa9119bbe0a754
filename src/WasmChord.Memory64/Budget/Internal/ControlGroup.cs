namespace WasmChord.Memory64;

/// <summary>A control group whose memory may be limited, with the files that tell (Linux <c>admin-guide/cgroup-v2</c>, <c>cgroup-v1/memory</c>).</summary>
internal sealed class ControlGroup
{
    private readonly KernelFiles _files;
    private readonly bool _isVersion2;
    private readonly string _limit, _high, _usage, _statistics, _limitFormat, _highFormat;

    /// <param name="files">Where they are.</param>
    /// <param name="isVersion2">Version 2, or the memory controller of version 1.</param>
    /// <param name="path">The group's folder, without the leading slash.</param>
    public ControlGroup(KernelFiles files, bool isVersion2, string path)
    {
        _files = files;
        _isVersion2 = isVersion2;
        string limitName = isVersion2 ? "memory.max" : "memory.limit_in_bytes";
        (_limit, _limitFormat) = (File(limitName), Format(limitName));
        (_high, _highFormat) = (File("memory.high"), Format("memory.high"));
        _usage = File(isVersion2 ? "memory.current" : "memory.usage_in_bytes");
        _statistics = File("memory.stat");

        string File(string name) => Path.Combine(files.Root, path, name);

        string Format(string name) => $"/{path}/{name}".Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal)
            + ": {0} bytes less {1} in use, of which {2} are reclaimable file pages";
    }

    private ReadOnlySpan<byte> ReclaimableKey => _isVersion2 ? "inactive_file"u8 : "total_inactive_file"u8;

    /// <summary>What the group leaves; null where it has no limit, or does not say what is in use.</summary>
    public MemoryReading? Sample()
    {
        long? max = _files.Number(_limit), high = _isVersion2 ? _files.Number(_high) : null;
        // A group of version 1 without a limit shows the largest number of pages that fits in 63 bits.
        if (!_isVersion2 && max > long.MaxValue / 2) max = null;
        if ((max ?? high) is not { } limit) return null;
        bool highDecides = high < limit || max is null;
        if (highDecides) limit = high!.Value;

        if (_files.Number(_usage) is not { } usage) return null;
        long reclaimable = KernelFiles.ParseNumber(KernelFiles.Field(_files.Read(_statistics), ReclaimableKey)) ?? 0;
        long left = Math.Max(0, limit - Math.Max(0, usage - reclaimable));
        return new MemoryReading(left, highDecides ? _highFormat : _limitFormat, limit, usage, reclaimable);
    }
}
