namespace WasmChord.Memory64;

/// <summary>
/// A guest's module is refused. The message holds the offset in hexadecimal and, for code, the function's index, the
/// instruction and the memory's index. What a module says of itself can be as long as it likes; a message is cut after
/// 1,000 characters.
/// </summary>
public sealed class GuestModuleException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="code">Why the module is refused.</param>
    /// <param name="message">The sentence for people, numbers included.</param>
    /// <param name="offset">Where in the module, in bytes; −1 where no single place is to blame.</param>
    public GuestModuleException(GuestModuleError code, string message, long offset = -1) : base(GuestText.Cut(message))
    {
        Code = code;
        Offset = offset;
    }

    /// <summary>Why the module is refused.</summary>
    public GuestModuleError Code { get; }

    /// <summary>Where in the module, in bytes; −1 where no single place is to blame.</summary>
    public long Offset { get; }
}
