namespace WasmChord.Inference;

/// <summary>
/// SentencePiece's byte-pair merging (Kudo, Richardson: SentencePiece, 2018): of all neighbours whose joined text is a
/// token, those of the best score join first, the leftmost of equals. What no token holds becomes byte tokens.
/// </summary>
internal sealed class SentencePieceModel : TextModel
{
    private readonly int[] _byteTokens = new int[256]; // or −1

    internal SentencePieceModel(Vocabulary vocabulary, bool addsSpacePrefix, int unknown)
    {
        Vocabulary = vocabulary;
        AddsSpacePrefix = addsSpacePrefix;
        HasTokensAcrossSpaces = Enumerable.Range(0, vocabulary.Count).Any(t => SpaceMark.FollowsText(vocabulary.Text(t)));
        for (int value = 0; value < 256; value++)
        {
            int token = vocabulary.Find(ByteTokens.NameOf((byte)value));
            if (token < 0) token = vocabulary.Find([(byte)value]);
            _byteTokens[value] = token < 0 ? unknown : token;
        }
    }

    internal Vocabulary Vocabulary { get; }

    internal bool AddsSpacePrefix { get; }

    /// <summary>True where a token has a space after something else, so that words cannot be merged one by one.</summary>
    internal bool HasTokensAcrossSpaces { get; }

    internal override long ApproximateBytes => 4L * _byteTokens.Length;

    internal override TextEncoder CreateEncoder() => new SentencePieceEncoder(this);

    /// <summary>The token of a byte, else the unknown token, else −1.</summary>
    internal int ByteToken(byte value) => _byteTokens[value];
}
