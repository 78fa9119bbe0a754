namespace WasmChord.Actors;

/// <summary>A generation that had begun ended with a fault. The message holds the numbers.</summary>
public sealed class GenerationFailedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public GenerationFailedException(GenerationFault reason, string message, GenerationUsage usage) : base(message)
    {
        Reason = reason;
        Usage = usage;
    }

    /// <summary>What happened.</summary>
    public GenerationFault Reason { get; }

    /// <summary>What the request took until then.</summary>
    public GenerationUsage Usage { get; }
}
