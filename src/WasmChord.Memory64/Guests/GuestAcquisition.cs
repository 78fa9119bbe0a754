namespace WasmChord.Memory64;

/// <summary>The answer to a guest that asked for segments.</summary>
/// <param name="Lease">The lease; null when it was refused.</param>
/// <param name="Reason">Why it was refused.</param>
/// <param name="Text">Why, for people, with the numbers.</param>
public readonly record struct GuestAcquisition(LayerLease? Lease, RefusalReason Reason, string Text);
