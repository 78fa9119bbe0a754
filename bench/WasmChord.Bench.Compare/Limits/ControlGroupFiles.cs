namespace WasmChord.Bench.Compare;

/// <summary>
/// What the files of a memory control group are called: Linux <c>admin-guide/cgroup-v2</c> and
/// <c>admin-guide/cgroup-v1/memory</c>.
/// </summary>
/// <param name="Version">2 or 1.</param>
/// <param name="Limit">Holds the limit.</param>
/// <param name="Peak">Holds the most that was charged.</param>
/// <param name="Swap">Limits swapping, where the kernel has it.</param>
internal sealed record ControlGroupFiles(int Version, string Limit, string Peak, string Swap)
{
    /// <summary>The file that takes process ids.</summary>
    public const string Processes = "cgroup.procs";

    public static readonly ControlGroupFiles Version2 = new(2, "memory.max", "memory.peak", "memory.swap.max");

    public static readonly ControlGroupFiles Version1 = new(1, "memory.limit_in_bytes", "memory.max_usage_in_bytes", "memory.memsw.limit_in_bytes");

    /// <summary>What is written to <see cref="Swap"/> for no swapping: version 2 limits swap alone, version 1 memory and swap together.</summary>
    public long SwapLimit(long limitBytes) => Version == 2 ? 0 : limitBytes;
}
