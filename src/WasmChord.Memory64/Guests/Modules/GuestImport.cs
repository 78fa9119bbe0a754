namespace WasmChord.Memory64;

/// <summary>Something that a module imports.</summary>
/// <param name="Module">Name of the module that it comes from.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Function">Type of a function or a tag, else null.</param>
/// <param name="Size">Size of a memory or a table, else null.</param>
/// <param name="Global">Type of a global, else null.</param>
public sealed record GuestImport(
    string Module,
    string Name,
    GuestExternalKind Kind,
    GuestFunctionType? Function = null,
    GuestSizeLimits? Size = null,
    GuestGlobalType? Global = null);
