namespace WasmChord.Memory64;

/// <summary>What came of a call into a guest.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Values">What it returned; empty unless it returned.</param>
/// <param name="Text">For people: the reason when it did not return, with the numbers; else empty.</param>
public sealed record GuestResult(GuestEnd End, IReadOnlyList<GuestValue> Values, string Text)
{
    /// <summary>Fuel used; null where the engine does not meter, or the clock ended the call.</summary>
    public long? FuelUsed { get; init; }

    /// <summary>What it logged during the call, as far as the limit goes.</summary>
    public string Log { get; init; } = "";

    /// <summary>Layers acquired during the call.</summary>
    public int Leases { get; init; }

    /// <summary>Layers that it still held when the call ended; they are given back when it ended otherwise than by returning.</summary>
    public int LeasesHeld { get; init; }

    /// <summary>Calls of the two functions that copy weights, since the guest began.</summary>
    public long Reads { get; init; }

    /// <summary>Bytes copied into its memory, since it began.</summary>
    public long BytesRead { get; init; }

    /// <summary>Calls of host functions that returned a negative code, since it began.</summary>
    public long Errors { get; init; }

    /// <summary>True when it returned.</summary>
    public bool HasReturned => End == GuestEnd.Returned;
}
