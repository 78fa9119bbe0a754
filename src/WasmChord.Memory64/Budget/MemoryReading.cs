namespace WasmChord.Memory64;

/// <summary>How much memory can be had, and what sets the limit.</summary>
/// <param name="AvailableBytes">Bytes that can still be taken.</param>
/// <param name="DecidedBy">What decided: a sentence with the numbers.</param>
public readonly record struct MemoryReading(long AvailableBytes, string DecidedBy);
