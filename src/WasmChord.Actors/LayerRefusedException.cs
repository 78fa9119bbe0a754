using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>A request for a layer was refused.</summary>
public sealed class LayerRefusedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public LayerRefusedException(RefusalReason reason, string message) : base(message) => Reason = reason;

    /// <summary>Why.</summary>
    public RefusalReason Reason { get; }
}
