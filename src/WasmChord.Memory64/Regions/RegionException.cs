namespace WasmChord.Memory64;

/// <summary>The operating system refused address space or memory for a region. The message holds sizes and its error.</summary>
public sealed class RegionException : Exception
{
    /// <summary>Creates the exception.</summary>
    public RegionException(string message) : base(message)
    {
    }
}
