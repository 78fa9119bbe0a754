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

    /// <summary>Bytes of a name: of an import and its module, an export, or a custom section.</summary>
    public int MaximumNameBytes { get; init; } = 100_000;

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
    /// How long compiling the module may keep one core, as estimated from its parts: compilers cannot be interrupted, and a
    /// few kilobytes can keep one busy for minutes. The estimate is of the worst that was found for each part, so that
    /// ordinary modules take about half of it. Memory goes with it: at most about 1.5 MiB a millisecond.
    /// </summary>
    public TimeSpan MaximumCompileTime { get; init; } = TimeSpan.FromSeconds(2);
}
