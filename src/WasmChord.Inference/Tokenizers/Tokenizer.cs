using System.Buffers;
using System.Text;
using WasmChord.Gguf;

namespace WasmChord.Inference;

/// <summary>
/// A model's vocabulary: text to tokens and back. Made from the metadata of a GGUF file alone. Immutable; any number of
/// threads may use it. Ids and texts are those of llama.cpp.
/// </summary>
/// <remarks>
/// Texts are taken as UTF-8. Where they are none, SentencePiece keeps the bytes as byte tokens, and the other kinds see
/// U+FFFD for each byte that begins no character, as the reference does. Lone surrogates of a string are U+FFFD.
/// </remarks>
public sealed class Tokenizer
{
    private readonly Vocabulary _vocabulary;
    private readonly PieceTable _pieces;
    private readonly SpecialTokenSplitter _splitter;
    private readonly TextModel _model;
    private readonly TokenizerRules _rules;
    private readonly IReadOnlySet<int> _endOfGeneration;

    internal Tokenizer(
        Vocabulary vocabulary, PieceTable pieces, SpecialTokenSplitter splitter, TextModel model, SpecialTokens special,
        IReadOnlySet<int> endOfGeneration, TokenizerRules rules)
    {
        _vocabulary = vocabulary;
        _pieces = pieces;
        _splitter = splitter;
        _model = model;
        _rules = rules;
        _endOfGeneration = endOfGeneration;
        Special = special;
        ApproximateBytes = vocabulary.ApproximateBytes + pieces.ApproximateBytes + splitter.ApproximateBytes + model.ApproximateBytes;
        EndOfGeneration = [.. endOfGeneration.Order().Select(id => new TokenId(id))];
    }

    /// <summary>How text becomes tokens.</summary>
    public TokenizerKind Kind => _rules.Kind;

    /// <summary>What <c>tokenizer.ggml.pre</c> names, or null.</summary>
    public string? PreTokenizerName => _rules.PreTokenizerName;

    /// <summary>Number of tokens.</summary>
    public int VocabularySize => _vocabulary.Count;

    /// <summary>The tokens with a meaning of their own.</summary>
    public SpecialTokens Special { get; }

    /// <summary>The tokens after which a model has said what it had to say, in order.</summary>
    public IReadOnlyList<TokenId> EndOfGeneration { get; }

    /// <summary>Memory that it holds, in bytes, within a few per cent.</summary>
    public long ApproximateBytes { get; }

    /// <summary>Makes the tokenizer of a model.</summary>
    /// <exception cref="InferenceException">The vocabulary is broken, of a kind that is not supported, or absent.</exception>
    /// <exception cref="GgufFormatException">The file does not hold what its header says.</exception>
    public static Task<Tokenizer> CreateAsync(GgufModel model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return CreateAsync(model.Metadata, cancellationToken);
    }

    /// <summary>Makes the tokenizer of a file's metadata, which must stay open until this is done.</summary>
    /// <exception cref="InferenceException">The vocabulary is broken, of a kind that is not supported, or absent.</exception>
    /// <exception cref="GgufFormatException">The file does not hold what its header says.</exception>
    public static Task<Tokenizer> CreateAsync(GgufMetadata metadata, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return new TokenizerLoader(metadata, cancellationToken).LoadAsync();
    }

    /// <summary>Encodes a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="addSpecial">
    /// Whether the tokens that begin and end texts are added, where the vocabulary wants them: see
    /// <see cref="SpecialTokens.AddsBegin"/> and <see cref="SpecialTokens.AddsEnd"/>.
    /// </param>
    /// <param name="parseSpecial">
    /// Whether the names of control tokens in the text are those tokens. Text of unknown origin must not be parsed so.
    /// </param>
    /// <exception cref="InferenceException">The text is beyond what an array holds, about 500 million bytes.</exception>
    public TokenId[] Encode(string text, bool addSpecial = true, bool parseSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        byte[] utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            return Encode(utf8.AsSpan(0, Encoding.UTF8.GetBytes(text, utf8)), addSpecial, parseSpecial);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(utf8);
        }
    }

    /// <summary>Encodes a text given as UTF-8, or as any bytes.</summary>
    /// <inheritdoc cref="Encode(string, bool, bool)"/>
    public TokenId[] Encode(ReadOnlySpan<byte> text, bool addSpecial = true, bool parseSpecial = false)
    {
        List<TokenId> output = new(text.Length / 3 + 2);
        if (addSpecial && Special is { AddsBegin: true, BeginOfSequence: { } begin }) output.Add(begin);
        TextEncoder encoder = _model.CreateEncoder();
        bool afterSpecial = true;
        foreach (TextFragment fragment in _splitter.Split(text, parseSpecial))
        {
            if (fragment.Token >= 0) output.Add(new TokenId(fragment.Token));
            else encoder.Encode(text.Slice(fragment.Start, fragment.Length), afterSpecial, output);
            afterSpecial = fragment.Token >= 0;
        }

        TokenId? end = Kind == TokenizerKind.WordPiece ? Special.Separator : Special.EndOfSequence;
        if (addSpecial && Special.AddsEnd && end is { } last) output.Add(last);
        return [.. output];
    }

    /// <summary>
    /// The text of tokens as llama.cpp's <c>llama_detokenize</c> gives it: without the space that encoding puts before a
    /// text, and for some vocabularies without spaces before punctuation. <see cref="DecodeBytes"/> keeps what the tokens say.
    /// </summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="renderSpecial">Whether control and unknown tokens appear, by their names.</param>
    /// <returns>The text; what is not UTF-8 in it is U+FFFD.</returns>
    /// <exception cref="InferenceException">A token lies outside the vocabulary.</exception>
    public string Decode(ReadOnlySpan<TokenId> tokens, bool renderSpecial = false)
    {
        byte[] text = DecodeBytes(tokens, renderSpecial, stripPrefix: true);
        return Encoding.UTF8.GetString(text, 0, _rules.CleansSpaces ? SpaceCleaner.Clean(text) : text.Length);
    }

    /// <summary>The bytes of tokens, one after another.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="renderSpecial">Whether control and unknown tokens appear, by their names.</param>
    /// <param name="stripPrefix">
    /// Whether the first token loses the space that encoding puts before a text: then the bytes of a text's tokens, encoded
    /// without special ones, are the text.
    /// </param>
    /// <exception cref="InferenceException">A token lies outside the vocabulary, or the text is beyond what an array holds.</exception>
    public byte[] DecodeBytes(ReadOnlySpan<TokenId> tokens, bool renderSpecial = false, bool stripPrefix = false)
    {
        bool strips = stripPrefix && _rules.AddsSpacePrefix && tokens.Length > 0 && PieceBytes(tokens[0], renderSpecial) is [(byte)' ', ..];
        long length = strips ? -1 : 0;
        foreach (TokenId token in tokens) length += PieceBytes(token, renderSpecial).Length;
        if (length > Array.MaxLength) throw new InferenceException(InferenceError.InvalidOption, $"{tokens.Length} tokens make a text of {length} bytes, which no array holds");
        byte[] text = new byte[length];
        int written = 0;
        foreach (TokenId token in tokens)
        {
            ReadOnlySpan<byte> piece = PieceBytes(token, renderSpecial);
            if (strips) piece = piece[1..];
            strips = false;
            piece.CopyTo(text.AsSpan(written));
            written += piece.Length;
        }

        return text;
    }

    /// <summary>
    /// The bytes that a token stands for; not always whole characters, see <see cref="Utf8TextStream"/>. The memory belongs
    /// to this tokenizer.
    /// </summary>
    /// <param name="token">The token.</param>
    /// <param name="renderSpecial">Whether control and unknown tokens stand for their names, rather than for nothing.</param>
    /// <exception cref="InferenceException">The token lies outside the vocabulary.</exception>
    public ReadOnlySpan<byte> PieceBytes(TokenId token, bool renderSpecial = false)
    {
        int id = Checked(token);
        bool hidden = !renderSpecial && _vocabulary.Is(id, TokenAttributes.Unknown | TokenAttributes.Control);
        return hidden ? default : _pieces.Of(id);
    }

    /// <summary>A token's name: its text as the vocabulary has it, with U+FFFD for what is not UTF-8.</summary>
    /// <exception cref="InferenceException">The token lies outside the vocabulary.</exception>
    public string GetName(TokenId token) => Encoding.UTF8.GetString(_vocabulary.Text(Checked(token)));

    /// <summary>What a token is.</summary>
    /// <exception cref="InferenceException">The token lies outside the vocabulary.</exception>
    public TokenAttributes GetAttributes(TokenId token) => _vocabulary.Attributes(Checked(token));

    /// <summary>Finds a token by its name.</summary>
    public bool TryGetId(string name, out TokenId token)
    {
        ArgumentNullException.ThrowIfNull(name);
        int id = _vocabulary.Find(Encoding.UTF8.GetBytes(name));
        token = new TokenId(Math.Max(id, 0));
        return id >= 0;
    }

    /// <summary>True for the tokens after which a model has said what it had to say.</summary>
    public bool IsEndOfGeneration(TokenId token) => _endOfGeneration.Contains(token.Value);

    private int Checked(TokenId token) => (uint)token.Value < (uint)_vocabulary.Count
        ? token.Value
        : throw new InferenceException(InferenceError.InvalidToken, $"token {token} is none of the vocabulary's {_vocabulary.Count}");
}
