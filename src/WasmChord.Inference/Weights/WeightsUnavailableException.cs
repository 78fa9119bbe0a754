namespace WasmChord.Inference;

/// <summary>Weights that a forward pass needs cannot be had now; the wave fails, the model lives.</summary>
public sealed class WeightsUnavailableException : Exception
{
    /// <summary>Creates it.</summary>
    /// <param name="message">What could not be had, and why, with the numbers.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public WeightsUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
