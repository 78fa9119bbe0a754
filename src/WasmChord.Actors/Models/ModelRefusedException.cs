namespace WasmChord.Actors;

/// <summary>A model cannot be opened. The message holds the numbers.</summary>
public sealed class ModelRefusedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ModelRefusedException(ModelRefusal reason, string message, Exception? innerException = null) : base(message, innerException) => Reason = reason;

    /// <summary>Why.</summary>
    public ModelRefusal Reason { get; }
}
