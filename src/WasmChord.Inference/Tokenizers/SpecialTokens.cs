namespace WasmChord.Inference;

/// <summary>The tokens of a vocabulary that have a meaning of their own; null where it has none.</summary>
/// <remarks>
/// They come from the keys <c>tokenizer.ggml.*_token_id</c>, else from the defaults of the kind of vocabulary; the ends of
/// turn and message also from the names that are customary in the field.
/// </remarks>
public sealed record SpecialTokens
{
    /// <summary>Begins a sequence.</summary>
    public TokenId? BeginOfSequence { get; init; }

    /// <summary>Ends a sequence.</summary>
    public TokenId? EndOfSequence { get; init; }

    /// <summary>Ends a turn of a conversation.</summary>
    public TokenId? EndOfTurn { get; init; }

    /// <summary>Ends a message of a turn that goes on, such as a call of a tool.</summary>
    public TokenId? EndOfMessage { get; init; }

    /// <summary>Stands for text that no other token can express.</summary>
    public TokenId? Unknown { get; init; }

    /// <summary>Separates, and ends, the texts of a BERT model.</summary>
    public TokenId? Separator { get; init; }

    /// <summary>Fills what a batch leaves empty.</summary>
    public TokenId? Padding { get; init; }

    /// <summary>Stands for what is to be guessed.</summary>
    public TokenId? Mask { get; init; }

    /// <summary>Precedes the text before a gap to be filled.</summary>
    public TokenId? FillPrefix { get; init; }

    /// <summary>Precedes the text after a gap to be filled.</summary>
    public TokenId? FillSuffix { get; init; }

    /// <summary>Asks for the text of the gap.</summary>
    public TokenId? FillMiddle { get; init; }

    /// <summary>Fills the place of a gap.</summary>
    public TokenId? FillPadding { get; init; }

    /// <summary>Precedes the name of a repository.</summary>
    public TokenId? FillRepository { get; init; }

    /// <summary>Separates the files of a repository.</summary>
    public TokenId? FillSeparator { get; init; }

    /// <summary>True where <see cref="Tokenizer.Encode(string, bool, bool)"/> puts the first of these before a text when asked to.</summary>
    public bool AddsBegin { get; init; }

    /// <summary>True where it puts the last of these after a text when asked to.</summary>
    public bool AddsEnd { get; init; }
}
