namespace WasmChord.Memory64;

/// <summary>Why a guest's module is refused before it is compiled.</summary>
public enum GuestModuleError
{
    /// <summary>The bytes are not a WebAssembly module: truncated, badly encoded, or an index points nowhere.</summary>
    Malformed,

    /// <summary>An opcode that no specification known here defines: what follows it cannot be read.</summary>
    UnknownOpcode,

    /// <summary>Something in the module could write to the memory imported as <c>wasmchord.weights</c>.</summary>
    WritesWeights,

    /// <summary>A known extension of WebAssembly that guests may not use; the message names it.</summary>
    UnsupportedFeature,

    /// <summary>The module, or a count in it, exceeds <see cref="GuestModuleLimits"/>.</summary>
    TooLarge,
}
