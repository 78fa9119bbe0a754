namespace WasmChord.Actors;

/// <summary>Why a request was refused before any token was generated.</summary>
public enum GenerationRefusal
{
    /// <summary>As many requests wait as may.</summary>
    QueueFull,

    /// <summary>The prompt has no token.</summary>
    EmptyPrompt,

    /// <summary>The prompt leaves no room for a token in the model's context.</summary>
    ContextExceeded,

    /// <summary>Prompt and tokens need more keys and values than the budget could ever hold.</summary>
    KvExceedsBudget,

    /// <summary>The budget leaves too little besides weights to run the model at all.</summary>
    BudgetTooSmall,

    /// <summary>A token of the prompt, or of an option, is not in the vocabulary.</summary>
    InvalidToken,

    /// <summary>An option is out of range.</summary>
    InvalidOption,

    /// <summary>The logits processor's module is refused, or failed when it was started.</summary>
    BadLogitsProcessor,

    /// <summary>The model cannot be run: unknown architecture, missing tensors, unknown vocabulary.</summary>
    ModelUnsupported,

    /// <summary>The model's weights could not be read to prepare it; the next request tries again.</summary>
    WeightsUnavailable,

    /// <summary>The deadline passed while the request waited.</summary>
    Deadline,

    /// <summary>It was cancelled while it waited.</summary>
    Cancelled,

    /// <summary>A request of that id is open.</summary>
    DuplicateId,

    /// <summary>The model is closed, or closing.</summary>
    ModelClosed,

    /// <summary>As many logits processors run or start as the setting <c>max-processors</c> allows.</summary>
    TooManyProcessors,
}
