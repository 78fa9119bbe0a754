namespace WasmChord.Actors;

/// <summary>A guest was refused and did not run. The message holds the numbers.</summary>
public sealed class GuestRefusedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public GuestRefusedException(GuestRefusal reason, string message) : base(message) => Reason = reason;

    /// <summary>Why.</summary>
    public GuestRefusal Reason { get; }
}
