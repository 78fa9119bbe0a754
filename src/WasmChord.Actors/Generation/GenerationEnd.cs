namespace WasmChord.Actors;

/// <summary>Why a generation is complete.</summary>
public enum GenerationEnd
{
    /// <summary>The model produced a token that ends its text; it is the last one generated.</summary>
    EndOfText,

    /// <summary>As many tokens as were asked for.</summary>
    MaxTokens,

    /// <summary>One of the stop strings; it and what follows are not part of the text.</summary>
    StopString,

    /// <summary>The model's context holds no further position.</summary>
    ContextFull,

    /// <summary>The requester cancelled it.</summary>
    Cancelled,

    /// <summary>Its deadline passed while tokens were being generated.</summary>
    Deadline,
}
