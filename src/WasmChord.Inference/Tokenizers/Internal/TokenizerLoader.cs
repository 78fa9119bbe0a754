using WasmChord.Gguf;

namespace WasmChord.Inference;

/// <summary>Makes a tokenizer from metadata.</summary>
internal sealed class TokenizerLoader(GgufMetadata gguf, CancellationToken cancellationToken)
{
    private static readonly SpecialTokens s_none = new();

    private readonly TokenizerMetadata _metadata = new(gguf);

    internal async Task<Tokenizer> LoadAsync()
    {
        string model = _metadata.Text("model") ?? throw TokenizerMetadata.Missing("model");
        return model switch
        {
            "llama" => await LoadSentencePieceAsync().ConfigureAwait(false),
            "gpt2" => await LoadBytePairAsync(_metadata.Text("pre"), Tokens(begin: 11, end: 11)).ConfigureAwait(false),
            "gemma4" => await LoadBytePairAsync("gemma4", s_none).ConfigureAwait(false),
            "bert" => await LoadWordPieceAsync().ConfigureAwait(false),
            "none" or "no_vocab" => throw new InferenceException(InferenceError.UnsupportedTokenizer, $"the model has no vocabulary: tokenizer.ggml.model is '{model}'"),
            _ => throw new InferenceException(InferenceError.UnsupportedTokenizer, $"the tokenizer '{model}' of tokenizer.ggml.model is not supported; bert, gemma4, gpt2 and llama are"),
        };
    }

    private async Task<Tokenizer> LoadSentencePieceAsync()
    {
        Vocabulary vocabulary = await ReadVocabularyAsync(withScores: true).ConfigureAwait(false);
        SpecialTokenReader reader = new(_metadata, vocabulary);
        SpecialTokens special = reader.Read(Tokens(begin: 1, end: 2, unknown: 0) with { AddsBegin = true }, forcesBegin: false);
        TokenizerRules rules = new()
        {
            Kind = TokenizerKind.SentencePiece,
            PreTokenizerName = _metadata.Text("pre"),
            AddsSpacePrefix = _metadata.Flag("add_space_prefix") ?? true,
        };
        SentencePieceModel model = new(vocabulary, rules.AddsSpacePrefix, special.Unknown?.Value ?? -1);
        return Assemble(vocabulary, model, special, reader, rules, PieceEncoding.SpaceMark);
    }

    private async Task<Tokenizer> LoadBytePairAsync(string? name, SpecialTokens defaults)
    {
        PreTokenizer preTokenizer = PreTokenizers.Named(name);
        if (!preTokenizer.HasBegin) defaults = defaults with { BeginOfSequence = null };
        Vocabulary vocabulary = await ReadVocabularyAsync(withScores: false).ConfigureAwait(false);
        ReadOnlyMemory<byte>[]? merges = await _metadata.TextsAsync("merges", cancellationToken).ConfigureAwait(false);
        // Some files of Kimi K2 have no merges: its words are tokens or bytes.
        if (merges is null && name != "kimi-k2") throw TokenizerMetadata.Missing("merges");
        MergeTable table = new(vocabulary, merges ?? []);
        SpecialTokenReader reader = new(_metadata, vocabulary);
        SpecialTokens special = reader.Read(defaults with { AddsBegin = preTokenizer.AddsBegin }, preTokenizer.ForcesBegin);
        TokenizerRules rules = new()
        {
            Kind = TokenizerKind.BytePair,
            PreTokenizerName = name,
            AddsSpacePrefix = _metadata.Flag("add_space_prefix") ?? false,
            CleansSpaces = preTokenizer.CleansSpaces,
        };
        return Assemble(vocabulary, new BytePairModel(vocabulary, table, preTokenizer), special, reader, rules,
            preTokenizer.IsPlainText ? PieceEncoding.SpaceMark : PieceEncoding.ByteAlphabet);
    }

    private async Task<Tokenizer> LoadWordPieceAsync()
    {
        Vocabulary vocabulary = await ReadVocabularyAsync(withScores: false).ConfigureAwait(false);
        SpecialTokenReader reader = new(_metadata, vocabulary);
        SpecialTokens special = reader.Read(Tokens(begin: 101, unknown: 100, separator: 102, padding: 0, mask: 103), forcesBegin: false);
        if (special.BeginOfSequence is null || special.Separator is null)
            throw TokenizerMetadata.Invalid("tokens", $"{vocabulary.Count} tokens have none that begins a text or none that separates");
        bool lowers = _metadata.Flag("normalizer.lowercase") ?? true;
        TokenizerRules rules = new()
        {
            Kind = TokenizerKind.WordPiece,
            PreTokenizerName = _metadata.Text("pre"),
            AddsSpacePrefix = _metadata.Flag("add_space_prefix") ?? false,
            CleansSpaces = true,
            LowersCase = lowers,
            StripsAccents = _metadata.Flag("normalizer.strip_accents") ?? lowers,
        };
        // A text of BERT always begins so and ends with a separator, whatever the metadata say.
        special = special with { AddsBegin = true, AddsEnd = true };
        return Assemble(vocabulary, new WordPieceModel(vocabulary, rules, special.Unknown?.Value ?? -1), special, reader, rules, PieceEncoding.SpaceMark);
    }

    private Tokenizer Assemble(
        Vocabulary vocabulary, TextModel model, SpecialTokens special, SpecialTokenReader reader, TokenizerRules rules, PieceEncoding encoding)
    {
        SpecialTokenSplitter splitter = new(vocabulary);
        PieceTable pieces = new(vocabulary, encoding);
        StrippingTokens.Mark(vocabulary, _metadata, rules.PreTokenizerName);
        return new Tokenizer(vocabulary, pieces, splitter, model, special, reader.EndOfGeneration, rules);
    }

    private async Task<Vocabulary> ReadVocabularyAsync(bool withScores)
    {
        ReadOnlyMemory<byte>[] texts = await _metadata.TextsAsync("tokens", cancellationToken).ConfigureAwait(false) ?? throw TokenizerMetadata.Missing("tokens");
        if (texts.Length == 0) throw TokenizerMetadata.Invalid("tokens", "it is empty");
        int[] types = await _metadata.NumbersAsync<int>("token_type", texts.Length, cancellationToken).ConfigureAwait(false);
        float[] scores = withScores ? await _metadata.NumbersAsync<float>("scores", texts.Length, cancellationToken).ConfigureAwait(false) : [];
        TokenAttributes[] attributes = new TokenAttributes[texts.Length];
        for (int i = 0; i < attributes.Length; i++) attributes[i] = types.Length == 0 ? TokenAttributes.Normal : OfType(types[i]);
        return Vocabulary.Create(texts, attributes, scores);
    }

    // The numbers of tokenizer.ggml.token_type; source: docs/gguf.md of ggml.
    private static TokenAttributes OfType(int type) => type switch
    {
        1 => TokenAttributes.Normal,
        2 => TokenAttributes.Unknown,
        3 => TokenAttributes.Control,
        4 => TokenAttributes.UserDefined,
        5 => TokenAttributes.Unused,
        6 => TokenAttributes.Byte,
        _ => TokenAttributes.None,
    };

    private static SpecialTokens Tokens(int begin, int? end = null, int? unknown = null, int? separator = null, int? padding = null, int? mask = null) => new()
    {
        BeginOfSequence = new TokenId(begin),
        EndOfSequence = Id(end),
        Unknown = Id(unknown),
        Separator = Id(separator),
        Padding = Id(padding),
        Mask = Id(mask),
    };

    private static TokenId? Id(int? value) => value is { } token ? new TokenId(token) : null;
}
