namespace WasmChord.Memory64;

/// <summary>The declared size of a memory, in pages of 65,536 bytes, or of a table, in elements.</summary>
/// <param name="Minimum">Size at the start.</param>
/// <param name="Maximum">Size that it may grow to; null where the module names none.</param>
/// <param name="Is64Bit">True where addresses are 64 bits wide.</param>
/// <param name="IsShared">True where threads may share it.</param>
public sealed record GuestSizeLimits(ulong Minimum, ulong? Maximum, bool Is64Bit, bool IsShared);
