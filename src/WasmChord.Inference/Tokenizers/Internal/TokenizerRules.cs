namespace WasmChord.Inference;

/// <summary>What a vocabulary's kind, pre-tokenizer and metadata say about the text as a whole.</summary>
internal sealed record TokenizerRules
{
    internal required TokenizerKind Kind { get; init; }

    /// <summary>What <c>tokenizer.ggml.pre</c> says, or null.</summary>
    internal string? PreTokenizerName { get; init; }

    /// <summary>Whether decoding takes a space from the start, and SentencePiece puts one there.</summary>
    internal bool AddsSpacePrefix { get; init; }

    /// <summary>Whether decoding takes out spaces before punctuation.</summary>
    internal bool CleansSpaces { get; init; }

    /// <summary>Whether BERT's words are in lower case and without accents.</summary>
    internal bool LowersCase { get; init; } = true;

    internal bool StripsAccents { get; init; } = true;
}
