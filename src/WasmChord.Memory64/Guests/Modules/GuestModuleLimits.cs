namespace WasmChord.Memory64;

/// <summary>
/// How large a guest's module may be. Whatever is not bounded here is bounded by the module's bytes, of which every item
/// takes at least one. The defaults stay at or below those that browsers agreed on (WebAssembly JavaScript Interface,
/// "Implementation-defined Limits").
/// </summary>
public sealed record GuestModuleLimits
{
    /// <summary>Bytes of the module.</summary>
    public int MaximumModuleBytes { get; init; } = 64 << 20;

    /// <summary>Sections, custom ones included.</summary>
    public int MaximumSections { get; init; } = 1_000;

    /// <summary>Function types.</summary>
    public int MaximumTypes { get; init; } = 100_000;

    /// <summary>Parameters, and results, of one type.</summary>
    public int MaximumParameters { get; init; } = 1_000;

    /// <summary>Imports.</summary>
    public int MaximumImports { get; init; } = 10_000;

    /// <summary>Exports.</summary>
    public int MaximumExports { get; init; } = 100_000;

    /// <summary>Functions that the module defines.</summary>
    public int MaximumFunctions { get; init; } = 100_000;

    /// <summary>Memories, and tables, imported ones included.</summary>
    public int MaximumMemories { get; init; } = 100;

    /// <summary>Globals, element segments and data segments, each.</summary>
    public int MaximumItems { get; init; } = 100_000;

    /// <summary>Bytes of one function's body.</summary>
    public int MaximumFunctionBytes { get; init; } = 7_654_321;

    /// <summary>Locals of one function, without its parameters.</summary>
    public int MaximumLocals { get; init; } = 50_000;

    /// <summary>Blocks within blocks.</summary>
    public int MaximumNesting { get; init; } = 10_000;

    /// <summary>Targets of one <c>br_table</c>, without the default.</summary>
    public int MaximumBranchTargets { get; init; } = 65_520;

    /// <summary>
    /// How much work one function may be to compile: for each block the locals of its function, parameters included, and
    /// the values that the block takes and gives; for a loop, that times the loops that it lies in, itself included; for
    /// each branch and call the values handed over; and for each block a sixteenth of the blocks before it. Compilers need time and memory in proportion, and cannot be
    /// interrupted: a function of 70 KB can keep one busy for minutes.
    /// </summary>
    public long MaximumFunctionWork { get; init; } = 4_000_000;

    /// <summary>The same for all functions of the module together.</summary>
    public long MaximumWork { get; init; } = 32_000_000;
}
