namespace WasmChord.Training.Stories;

/// <summary>What a token is, by the numbers of <c>tokenizer.ggml.token_type</c>.</summary>
public enum PieceType
{
    /// <summary>Text.</summary>
    Normal = 1,

    /// <summary>What cannot be said otherwise.</summary>
    Unknown = 2,

    /// <summary>A mark without text: begin, end.</summary>
    Control = 3,

    /// <summary>One byte, <c>&lt;0xNN&gt;</c>.</summary>
    Byte = 6,
}
