namespace WasmChord.Inference;

/// <summary>What may precede a run of characters and belongs to it.</summary>
internal enum LeadingSpace
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>One space.</summary>
    Space,

    /// <summary>One character of white space.</summary>
    WhiteSpace,
}
