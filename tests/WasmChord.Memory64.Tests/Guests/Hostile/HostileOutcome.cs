namespace WasmChord.Memory64.Tests.Guests;

/// <summary>What must come of a hostile module.</summary>
public enum HostileOutcome
{
    /// <summary>Refused, because it could write to the weights.</summary>
    WritesWeights,

    /// <summary>Refused when it is loaded, for whatever reason.</summary>
    Refused,

    /// <summary>Loaded, and not linked or without the function to call.</summary>
    NotStarted,

    /// <summary>Ended by a trap, or by its limits.</summary>
    Stopped,

    /// <summary>Returns; its result is negative where a host function refused what it asked for.</summary>
    Negative,

    /// <summary>Returns, and not a negative number.</summary>
    Returned,

    /// <summary>Judges the host's answers itself and traps at a wrong one: anything but a trap, for it may be late.</summary>
    Satisfied,

    /// <summary>Anything, as long as the host goes on.</summary>
    Any,
}
