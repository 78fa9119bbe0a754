namespace WasmChord.Memory64;

/// <summary>The type of a global variable.</summary>
/// <param name="Type">Type of its value.</param>
/// <param name="IsMutable">True where it may be set.</param>
public sealed record GuestGlobalType(GuestValueType Type, bool IsMutable);
