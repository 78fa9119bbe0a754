namespace WasmChord.Inference;

/// <summary>A model, a vocabulary or a request that cannot be run; the message holds the numbers.</summary>
public sealed class InferenceException : Exception
{
    /// <summary>Creates it.</summary>
    /// <param name="error">What it is about.</param>
    /// <param name="message">What was expected and what was found.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public InferenceException(InferenceError error, string message, Exception? innerException = null)
        : base(message, innerException) => Error = error;

    /// <summary>What it is about.</summary>
    public InferenceError Error { get; }
}
