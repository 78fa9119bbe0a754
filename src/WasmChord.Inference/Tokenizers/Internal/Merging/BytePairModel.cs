namespace WasmChord.Inference;

/// <summary>
/// Byte-pair encoding (Sennrich, Haddow, Birch 2016; over bytes: Radford et al. 2019): words are divided into bytes, or
/// into characters where merges are of plain text, and of all neighbours that merge the earliest merge goes first, the
/// leftmost of equals.
/// </summary>
internal sealed class BytePairModel : TextModel
{
    private readonly int[] _byteSymbols = new int[256];

    internal BytePairModel(Vocabulary vocabulary, MergeTable merges, PreTokenizer preTokenizer)
    {
        Vocabulary = vocabulary;
        Merges = merges;
        PreTokenizer = preTokenizer;
        Span<byte> character = stackalloc byte[ByteAlphabet.MaxCharacterBytes];
        for (int value = 0; value < 256; value++)
            _byteSymbols[value] = merges.SymbolOf(character[..ByteAlphabet.Encode((byte)value, character)]);
    }

    internal Vocabulary Vocabulary { get; }

    internal MergeTable Merges { get; }

    internal PreTokenizer PreTokenizer { get; }

    internal override long ApproximateBytes => Merges.ApproximateBytes + 4L * _byteSymbols.Length;

    internal override TextEncoder CreateEncoder() => new BytePairEncoder(this);

    /// <summary>The symbol of a byte, or −1.</summary>
    internal int ByteSymbol(byte value) => _byteSymbols[value];
}
