namespace WasmChord.Memory64;

/// <summary>What a module that cannot write to the weights says about itself.</summary>
/// <param name="Imports">Its imports, in order.</param>
/// <param name="Exports">Its exports, in order.</param>
/// <param name="ImportsWeights">True where it imports the memory <c>wasmchord.weights</c>.</param>
/// <param name="MemoryExportIsWeights">True where its export <c>memory</c> is the weights: host functions must not write there.</param>
/// <param name="FunctionCount">Functions that it defines.</param>
/// <param name="CodeBytes">Bytes of its code section.</param>
/// <param name="MinimumMemoryBytes">Bytes that its own memories have at the start; null where it defines none.</param>
/// <param name="MinimumTableElements">Elements that its own tables have at the start.</param>
/// <param name="StartFunction">Index of the function that runs at instantiation; null where there is none.</param>
/// <param name="CustomSections">Names of its custom sections, in order.</param>
/// <param name="CompileTime">How long compiling it may take, as estimated from its parts.</param>
public sealed record GuestModuleInfo(
    IReadOnlyList<GuestImport> Imports,
    IReadOnlyList<GuestExport> Exports,
    bool ImportsWeights,
    bool MemoryExportIsWeights,
    int FunctionCount,
    long CodeBytes,
    ulong? MinimumMemoryBytes,
    ulong MinimumTableElements,
    long? StartFunction,
    IReadOnlyList<string> CustomSections,
    TimeSpan CompileTime);
