namespace WasmChord.Inference;

/// <summary>What a <see cref="JinjaToken"/> is.</summary>
internal enum JinjaTokenKind
{
    /// <summary>Text outside tags.</summary>
    Text,

    /// <summary>The start of an expression to print.</summary>
    OutputBegin,

    /// <summary>The end of an expression to print.</summary>
    OutputEnd,

    /// <summary>The start of a statement.</summary>
    BlockBegin,

    /// <summary>The end of a statement.</summary>
    BlockEnd,

    /// <summary>A name or a keyword.</summary>
    Name,

    /// <summary>A string literal.</summary>
    String,

    /// <summary>An integer literal.</summary>
    Integer,

    /// <summary>A floating-point literal.</summary>
    Float,

    /// <summary>An operator or a bracket.</summary>
    Operator,

    /// <summary>The end.</summary>
    End,
}
