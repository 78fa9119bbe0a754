namespace WasmChord.Actors;

/// <summary>A request for text was refused. The message holds the numbers.</summary>
public sealed class GenerationRefusedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public GenerationRefusedException(GenerationRefusal reason, string message) : base(message) => Reason = reason;

    /// <summary>Why.</summary>
    public GenerationRefusal Reason { get; }
}
