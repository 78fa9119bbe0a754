namespace WasmChord.Memory64;

/// <summary>Something that a module exports.</summary>
/// <param name="Name">Under which name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Index">Its index among the module's own and imported items of that kind; imports come first.</param>
/// <param name="Function">Type of a function, else null.</param>
/// <param name="Size">Size of a memory or a table, else null.</param>
public sealed record GuestExport(
    string Name,
    GuestExternalKind Kind,
    long Index,
    GuestFunctionType? Function = null,
    GuestSizeLimits? Size = null);
