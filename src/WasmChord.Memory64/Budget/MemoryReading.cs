using System.Globalization;

namespace WasmChord.Memory64;

/// <summary>How much memory can be had, and what sets the limit. Words are made only when asked for.</summary>
/// <param name="AvailableBytes">Bytes that can still be taken.</param>
/// <param name="Format">What decided, with places {0}, {1} and {2} for the numbers that follow.</param>
/// <param name="Limit">What may be used in all, in the source's own unit.</param>
/// <param name="UsedBytes">What is in use.</param>
/// <param name="ReclaimableBytes">What of it can be had back at once.</param>
public readonly record struct MemoryReading(long AvailableBytes, string Format, long Limit = 0, long UsedBytes = 0, long ReclaimableBytes = 0)
{
    /// <summary>What decided: a sentence with the numbers.</summary>
    public string DecidedBy => string.Format(CultureInfo.InvariantCulture, Format, Limit, UsedBytes, ReclaimableBytes);
}
