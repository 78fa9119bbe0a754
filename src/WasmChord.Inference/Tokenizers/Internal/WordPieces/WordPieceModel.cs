namespace WasmChord.Inference;

/// <summary>
/// WordPiece (Schuster, Nakajima 2012, as BERT has it): words in lower case without accents, each covered by the longest
/// token that fits, again and again; a word that cannot be covered is the unknown token.
/// </summary>
internal sealed class WordPieceModel(Vocabulary vocabulary, TokenizerRules rules, int unknown) : TextModel
{
    internal Vocabulary Vocabulary { get; } = vocabulary;

    internal TokenizerRules Rules { get; } = rules;

    /// <summary>The token for words that cannot be covered, or −1.</summary>
    internal int Unknown { get; } = unknown;

    internal override long ApproximateBytes => 0;

    internal override TextEncoder CreateEncoder() => new WordPieceEncoder(this);
}
