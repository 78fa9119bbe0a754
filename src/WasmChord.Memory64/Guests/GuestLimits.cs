namespace WasmChord.Memory64;

/// <summary>What one guest may use. Fuel, wall time and log count anew with every call into the guest.</summary>
public sealed record GuestLimits
{
    /// <summary>Bytes of a module's binary.</summary>
    public long ModuleBytes { get; init; } = 16L << 20;

    /// <summary>
    /// Bytes of a module that comes as WebAssembly text. Converting text can't be interrupted, is no part of any other
    /// limit, and takes time with the square of its length.
    /// </summary>
    public long TextBytes { get; init; } = 64L << 10;

    /// <summary>
    /// How long compiling its module may take, as estimated before; see <see cref="GuestModuleLimits.MaximumCompileTime"/>.
    /// Compiling cannot be interrupted, and is no part of <see cref="WallTime"/>.
    /// </summary>
    public TimeSpan CompileTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Bytes that its own memories may grow to, all together.</summary>
    public long MemoryBytes { get; init; } = 256L << 20;

    /// <summary>Bytes that host kernels may keep for it, beside its memory: encoded activations and angles.</summary>
    public long ScratchBytes { get; init; } = 4L << 20;

    /// <summary>Memories of its own.</summary>
    public int Memories { get; init; } = 1;

    /// <summary>Elements of a table, of each one.</summary>
    public int TableElements { get; init; } = 10_000;

    /// <summary>Tables.</summary>
    public int Tables { get; init; } = 4;

    /// <summary>Layers that it may hold at a time.</summary>
    public int Leases { get; init; } = 4;

    /// <summary>Bytes of its log; what comes after is not kept.</summary>
    public int LogBytes { get; init; } = 64 << 10;

    /// <summary>How long a call into it may take, waiting for layers included.</summary>
    public TimeSpan WallTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Instructions, about, that a call may execute; null for no limit. Counting needs a metered <see cref="GuestEngine"/>,
    /// and slows the guest. Work of host functions is not counted: wall time bounds it.
    /// </summary>
    public long? Fuel { get; init; }

    /// <summary>Returns the limits when they make sense.</summary>
    /// <exception cref="ArgumentException">One is negative, or nothing could run; the message names it.</exception>
    public GuestLimits Validated()
    {
        Require(ModuleBytes > 0, nameof(ModuleBytes), ModuleBytes);
        Require(TextBytes >= 0, nameof(TextBytes), TextBytes);
        Require(CompileTime > TimeSpan.Zero, nameof(CompileTime), CompileTime);
        Require(MemoryBytes >= 0, nameof(MemoryBytes), MemoryBytes);
        Require(ScratchBytes >= 0, nameof(ScratchBytes), ScratchBytes);
        Require(Memories >= 0, nameof(Memories), Memories);
        Require(TableElements >= 0, nameof(TableElements), TableElements);
        Require(Tables >= 0, nameof(Tables), Tables);
        Require(Leases >= 0, nameof(Leases), Leases);
        Require(LogBytes >= 0, nameof(LogBytes), LogBytes);
        Require(WallTime > TimeSpan.Zero, nameof(WallTime), WallTime);
        Require(Fuel is null or > 0, nameof(Fuel), Fuel ?? 0);
        return this;
    }

    private static void Require(bool holds, string name, object value)
    {
        if (!holds) throw new ArgumentException($"a guest cannot have {name} = {value}", name);
    }
}
