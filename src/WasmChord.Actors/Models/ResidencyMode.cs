namespace WasmChord.Actors;

/// <summary>How a model is served.</summary>
public enum ResidencyMode
{
    /// <summary>Everything is loaded when the model is opened, and stays.</summary>
    Resident,

    /// <summary>Segments come and go within the budget.</summary>
    Streaming,
}
