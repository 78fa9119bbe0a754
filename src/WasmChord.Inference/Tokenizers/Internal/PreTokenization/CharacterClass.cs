namespace WasmChord.Inference;

/// <summary>What pre-tokenizers tell characters apart by; each has one.</summary>
[Flags]
internal enum CharacterClass : byte
{
    /// <summary>Beyond the end of a piece.</summary>
    None = 0,

    /// <summary><c>\p{L}</c></summary>
    Letter = 1,

    /// <summary><c>\p{N}</c></summary>
    Number = 2,

    /// <summary><c>\p{M}</c></summary>
    Mark = 4,

    /// <summary><c>\p{P}</c></summary>
    Punctuation = 8,

    /// <summary><c>\p{S}</c></summary>
    Symbol = 16,

    /// <summary><c>\s</c></summary>
    WhiteSpace = 32,

    /// <summary>Control, format, private and unassigned characters.</summary>
    Other = 64,
}
