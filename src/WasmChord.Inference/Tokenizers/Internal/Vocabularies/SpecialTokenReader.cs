using System.Text;

namespace WasmChord.Inference;

/// <summary>
/// Finds the tokens with a meaning: by the metadata, by the defaults of the vocabulary's kind, by known names. Corrects the
/// attributes of those that are known by name, because many published files declare them as text.
/// </summary>
internal sealed class SpecialTokenReader(TokenizerMetadata metadata, Vocabulary vocabulary)
{
    private readonly HashSet<int> _ends = [];

    /// <summary>The tokens that end a generation, once <see cref="Read"/> has run.</summary>
    internal IReadOnlySet<int> EndOfGeneration => _ends;

    /// <summary>Reads them.</summary>
    /// <param name="defaults">What the vocabulary's kind has where the metadata say nothing.</param>
    /// <param name="forcesBegin">Whether a text begins with the token that begins sequences whatever the metadata say.</param>
    /// <exception cref="InferenceException">Texts are to begin or end with a token that the vocabulary does not have.</exception>
    internal SpecialTokens Read(SpecialTokens defaults, bool forcesBegin)
    {
        SpecialTokens tokens = new()
        {
            BeginOfSequence = Stated(defaults.BeginOfSequence, "bos_token_id"),
            EndOfSequence = Stated(defaults.EndOfSequence, "eos_token_id"),
            EndOfTurn = Named(Stated(null, "eot_token_id"), KnownTokens.EndOfTurn),
            EndOfMessage = Named(Stated(null, "eom_token_id"), KnownTokens.EndOfMessage),
            Unknown = Stated(defaults.Unknown, "unknown_token_id"),
            // The key has been misspelt since its introduction.
            Separator = Stated(defaults.Separator, "seperator_token_id"),
            Padding = Stated(defaults.Padding, "padding_token_id"),
            Mask = Stated(defaults.Mask, "mask_token_id"),
            FillPrefix = Named(Stated(null, "fim_pre_token_id", "prefix_token_id"), KnownTokens.FillPrefix),
            FillSuffix = Named(Stated(null, "fim_suf_token_id", "suffix_token_id"), KnownTokens.FillSuffix),
            FillMiddle = Named(Stated(null, "fim_mid_token_id", "middle_token_id"), KnownTokens.FillMiddle),
            FillPadding = Named(Stated(null, "fim_pad_token_id"), KnownTokens.FillPadding),
            FillRepository = Named(Stated(null, "fim_rep_token_id"), KnownTokens.FillRepository),
            FillSeparator = Named(Stated(null, "fim_sep_token_id"), KnownTokens.FillSeparator),
            AddsBegin = forcesBegin || (metadata.Flag("add_bos_token") ?? defaults.AddsBegin),
            AddsEnd = metadata.Flag("add_eos_token") ?? defaults.AddsEnd,
        };
        if (tokens.AddsBegin && tokens.BeginOfSequence is null) throw TokenizerMetadata.Invalid("add_bos_token", "it is true, but no token begins sequences");
        if (tokens.AddsEnd && tokens.EndOfSequence is null) throw TokenizerMetadata.Invalid("add_eos_token", "it is true, but no token ends sequences");
        FindEnds(tokens);
        return tokens;
    }

    private void FindEnds(SpecialTokens tokens)
    {
        foreach (TokenId? token in new[] { tokens.FillPadding, tokens.FillRepository, tokens.FillSeparator })
            if (token is { } id) _ends.Add(id.Value);
        foreach (string name in KnownTokens.EndOfGeneration)
        {
            if (Find(name) is not (>= 0 and var token)) continue;
            _ends.Add(token);
            MakeControl(token);
        }

        if (Find(KnownTokens.EndOfSequence) is >= 0 and var end && vocabulary.Is(end, TokenAttributes.Control)) _ends.Add(end);
        foreach (string name in KnownTokens.AlwaysShown)
            if (Find(name) is >= 0 and var token) vocabulary.SetAttributes(token, TokenAttributes.UserDefined);
        foreach (TokenId? token in new[] { tokens.EndOfSequence, tokens.EndOfTurn, tokens.EndOfMessage })
            if (token is { } id) _ends.Add(id.Value);
        // In vocabularies that end their messages with calls, <|end|> only ends one of several channels.
        bool calls = Ends("<|call|>") || Ends("<|calls|>");
        if (calls && (Ends("<|return|>") || Ends("<|flush|>"))) Exempt("<|end|>", TokenAttributes.UserDefined);
        if (Ends("<|tool_response>")) Exempt(KnownTokens.EndOfSequence, TokenAttributes.Normal);
    }

    private bool Ends(string name) => Find(name) is >= 0 and var token && _ends.Contains(token);

    private void Exempt(string name, TokenAttributes attributes)
    {
        if (Find(name) is >= 0 and var token && _ends.Remove(token)) vocabulary.SetAttributes(token, attributes);
    }

    // A token that the metadata do not know counts as not stated. Of two keys the later is the newer file's older name.
    private TokenId? Stated(TokenId? fallback, params ReadOnlySpan<string> keys)
    {
        TokenId? token = fallback is { } id && id.Value < vocabulary.Count ? fallback : null;
        foreach (string key in keys)
            if (metadata.Token(key, vocabulary.Count) is { } stated) token = new TokenId(stated);
        return token;
    }

    private TokenId? Named(TokenId? stated, IReadOnlyList<string> names)
    {
        if (stated is not null) return stated;
        foreach (string name in names)
        {
            if (Find(name) is not (>= 0 and var token)) continue;
            MakeControl(token);
            return new TokenId(token);
        }

        return null;
    }

    private void MakeControl(int token) => vocabulary.SetAttributes(token, vocabulary.Attributes(token) | TokenAttributes.Control);

    private int Find(string name) => vocabulary.Find(Encoding.UTF8.GetBytes(name));
}
