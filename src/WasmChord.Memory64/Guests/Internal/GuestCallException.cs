namespace WasmChord.Memory64;

/// <summary>A call into a guest cannot go on; never leaves <see cref="Guest"/>.</summary>
internal sealed class GuestCallException(GuestEnd end, string text) : Exception(text)
{
    /// <summary>How the call ends.</summary>
    public GuestEnd End { get; } = end;
}
