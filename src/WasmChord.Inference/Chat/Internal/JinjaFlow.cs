namespace WasmChord.Inference;

/// <summary>Where to go after a statement.</summary>
internal enum JinjaFlow
{
    /// <summary>To the next statement.</summary>
    Next,

    /// <summary>To the loop's next element.</summary>
    Continue,

    /// <summary>Out of the loop.</summary>
    Break,
}
