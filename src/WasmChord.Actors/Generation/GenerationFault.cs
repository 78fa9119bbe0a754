namespace WasmChord.Actors;

/// <summary>What ended a generation that had begun. Its keys and values are freed; other requests may go on.</summary>
public enum GenerationFault
{
    /// <summary>Weights could not be read.</summary>
    WeightsUnavailable,

    /// <summary>Memory that had been promised was taken away: the budget was made smaller.</summary>
    MemoryUnavailable,

    /// <summary>The computation gave NaN or infinity.</summary>
    NotFinite,

    /// <summary>The model was closed.</summary>
    ModelClosed,

    /// <summary>The request's logits processor trapped, took too long, or reported a failure.</summary>
    LogitsProcessor,

    /// <summary>A fault of the engine; the text says which.</summary>
    Internal,
}
