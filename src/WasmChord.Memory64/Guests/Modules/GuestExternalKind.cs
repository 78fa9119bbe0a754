namespace WasmChord.Memory64;

/// <summary>What a module imports or exports, with the numbers of the binary format.</summary>
public enum GuestExternalKind
{
    /// <summary>A function.</summary>
    Function = 0,

    /// <summary>A table of references.</summary>
    Table = 1,

    /// <summary>A linear memory.</summary>
    Memory = 2,

    /// <summary>A global variable.</summary>
    Global = 3,

    /// <summary>A tag of exceptions.</summary>
    Tag = 4,
}
