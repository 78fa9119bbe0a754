namespace WasmChord.Memory64;

/// <summary>How a call into a guest ended.</summary>
public enum GuestEnd
{
    /// <summary>It returned.</summary>
    Returned,

    /// <summary>It executed more than its fuel allows.</summary>
    OutOfFuel,

    /// <summary>It took longer than it may.</summary>
    TimedOut,

    /// <summary>It was told to stop.</summary>
    Stopped,

    /// <summary>A layer that it held was taken back: the model was closed, or restarts.</summary>
    LeaseRevoked,

    /// <summary>It called deeper than the stack allows.</summary>
    StackOverflow,

    /// <summary>It accessed memory that it does not have.</summary>
    OutOfBounds,

    /// <summary>Any other trap: unreachable, a division by zero, a wrong indirect call; the text says which.</summary>
    Trapped,

    /// <summary>It could not be linked: an import that the host does not have, or has with another type; limits too small.</summary>
    NotLinked,

    /// <summary>It exports no function of that name, or not with these arguments.</summary>
    NoSuchFunction,
}
