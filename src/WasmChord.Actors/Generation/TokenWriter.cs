using WasmChord.Inference;

namespace WasmChord.Actors;

/// <summary>
/// Chooses the tokens of one sequence, drafts those that may follow, and makes text of them. What it chooses does not
/// depend on what it drafts. For the wave's thread.
/// </summary>
internal sealed class TokenWriter
{
    private readonly Sampler _sampler;
    private readonly Tokenizer? _tokenizer;
    private readonly Utf8TextStream _characters = new();
    private readonly bool _ignoresEnd;
    private readonly StopText _stop;
    private readonly TokenId? _endToken;
    private readonly int _mostDrafts;
    private readonly DraftLength _draftLength;
    private PromptLookup? _lookup;

    /// <summary>Creates one.</summary>
    /// <param name="options">How the text is generated.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="vocabularySize">Tokens of the vocabulary.</param>
    /// <param name="tokenizer">Makes text of tokens; null for none.</param>
    /// <param name="mostDrafts">Most tokens to draft at once; 0 for never.</param>
    /// <param name="end">What ends the text besides the vocabulary's own tokens.</param>
    /// <exception cref="InferenceException">An option is out of range.</exception>
    public TokenWriter(GenerationOptions options, ReadOnlySpan<TokenId> prompt, int vocabularySize, Tokenizer? tokenizer, int mostDrafts, EncodedPrompt end = default)
    {
        _sampler = new Sampler(options.Sampler, vocabularySize);
        _stop = new StopText(end.EndText is { } text && !options.IgnoreEndOfText ? [.. options.Stop, text] : options.Stop);
        _endToken = end.EndToken;
        _tokenizer = tokenizer;
        _ignoresEnd = options.IgnoreEndOfText;
        _draftLength = new DraftLength(mostDrafts);
        _mostDrafts = mostDrafts;
        foreach (TokenId token in prompt) _sampler.Observe(token);
    }

    /// <summary>Tokens that would be drafted now.</summary>
    public int NextDrafts() => _mostDrafts == 0 ? 0 : _draftLength.Next();

    /// <summary>
    /// Proposes tokens that may follow; tells how many. The table that it looks in is made when first needed: of requests
    /// that wait, and where nothing is drafted, there is none.
    /// </summary>
    /// <param name="text">All tokens so far: those of the last call, and what has come since.</param>
    /// <param name="drafts">Receives the proposal.</param>
    public int Draft(ReadOnlySpan<TokenId> text, Span<TokenId> drafts)
    {
        _lookup ??= new PromptLookup();
        foreach (TokenId token in text[_lookup.Count..]) _lookup.Append(token);
        return _lookup.Propose(drafts);
    }

    /// <summary>Learns how a draft went.</summary>
    public void Record(int drafted, int accepted)
    {
        if (drafted > 0) _draftLength.Record(drafted, accepted);
    }

    /// <summary>Chooses the next token.</summary>
    /// <param name="logits">(vocabulary); changed.</param>
    public TokenId Choose(Span<float> logits) => _sampler.Sample(logits);

    /// <summary>Adds a token to the text.</summary>
    /// <returns>What is certain now, and why the text has ended; null while it goes on.</returns>
    public (string Text, GenerationEnd? End) Write(TokenId token)
    {
        if (_tokenizer is null || token.Value >= _tokenizer.VocabularySize) return ("", null);
        bool ends = !_ignoresEnd && (_tokenizer.IsEndOfGeneration(token) || token == _endToken);
        string text = Pass(_characters.Push(_tokenizer.PieceBytes(token)));
        if (_stop.Met is not null) return (text, GenerationEnd.StopString);
        return ends ? (text + Flush(), GenerationEnd.EndOfText) : (text, null);
    }

    /// <summary>At the end: text that is still held back.</summary>
    public string Flush()
    {
        string text = Pass(_characters.Flush());
        return _stop.Met is null ? text + _stop.Flush() : text;
    }

    private string Pass(ReadOnlySpan<char> characters) => characters.IsEmpty ? "" : _stop.Push(characters.ToString());
}
