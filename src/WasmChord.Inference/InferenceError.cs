namespace WasmChord.Inference;

/// <summary>What an <see cref="InferenceException"/> is about.</summary>
public enum InferenceError
{
    /// <summary>The model's architecture is not one that can be run.</summary>
    UnsupportedArchitecture,

    /// <summary>A metadata key that the model needs is absent.</summary>
    MissingMetadata,

    /// <summary>A metadata value is out of range, or contradicts another.</summary>
    InvalidMetadata,

    /// <summary>A tensor that the model needs is absent.</summary>
    MissingTensor,

    /// <summary>A tensor has the wrong shape, or values that are not finite.</summary>
    InvalidTensor,

    /// <summary>A token id lies outside the vocabulary.</summary>
    InvalidToken,

    /// <summary>More positions than the model's context, or than memory was reserved for.</summary>
    ContextExceeded,

    /// <summary>A computation gave NaN or infinity.</summary>
    NotFinite,

    /// <summary>The vocabulary's kind or its pre-tokenizer is not known.</summary>
    UnsupportedTokenizer,

    /// <summary>The chat template uses what is not understood.</summary>
    UnsupportedTemplate,

    /// <summary>An option is out of range.</summary>
    InvalidOption,

    /// <summary>The chat template refuses the messages that it was given.</summary>
    RefusedByTemplate,
}
