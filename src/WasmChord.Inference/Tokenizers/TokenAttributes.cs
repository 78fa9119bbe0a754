namespace WasmChord.Inference;

/// <summary>What a token of a vocabulary is. Kinds follow <c>tokenizer.ggml.token_type</c> of GGUF.</summary>
[Flags]
public enum TokenAttributes : byte
{
    /// <summary>A kind that the file does not define; it stands for no text.</summary>
    None = 0,

    /// <summary>Stands for text that no other token can express.</summary>
    Unknown = 1,

    /// <summary>Reserved; it stands for no text.</summary>
    Unused = 2,

    /// <summary>A piece of text.</summary>
    Normal = 4,

    /// <summary>Steers the model; no part of a text.</summary>
    Control = 8,

    /// <summary>Added to the vocabulary; recognized before everything else, in any text.</summary>
    UserDefined = 16,

    /// <summary>A single byte.</summary>
    Byte = 32,

    /// <summary>White space before it goes, where it is recognized in a text.</summary>
    StripsLeft = 64,

    /// <summary>White space after it goes, where it is recognized in a text.</summary>
    StripsRight = 128,
}
