namespace WasmChord.Gguf;

/// <summary>A GGUF file cannot be read as such. The message holds the file, the offset, what was expected and what was found.</summary>
public sealed class GgufFormatException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">What is wrong.</param>
    /// <param name="message">The sentence for people, numbers included.</param>
    /// <param name="offset">Where in the file, in bytes; −1 where no single place is to blame.</param>
    /// <param name="innerException">What caused it, if anything.</param>
    public GgufFormatException(GgufError error, string message, long offset = -1, Exception? innerException = null)
        : base(message, innerException)
    {
        Error = error;
        Offset = offset;
    }

    /// <summary>What is wrong.</summary>
    public GgufError Error { get; }

    /// <summary>Where in the file, in bytes; −1 where no single place is to blame.</summary>
    public long Offset { get; }
}
