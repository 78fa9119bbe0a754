namespace WasmChord.Inference;

/// <summary>
/// Chooses the tokens of one sequence. What it chooses for a position follows from the options, the logits, the tokens
/// accepted before and the position's index, and from nothing else. One thread at a time.
/// </summary>
public sealed class Sampler
{
    private readonly SamplerOptions _options;
    private readonly int _vocabularySize;
    private readonly TokenWindow _window;
    private Candidates? _candidates;
    private long _index;

    /// <summary>Creates one.</summary>
    /// <param name="options">How to choose.</param>
    /// <param name="vocabularySize">Tokens.</param>
    /// <exception cref="InferenceException">An option is out of range.</exception>
    public Sampler(SamplerOptions options, int vocabularySize)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        _options = options.Validated();
        _vocabularySize = vocabularySize;
        foreach (TokenId token in options.LogitBias.Keys)
            if (token.Value >= vocabularySize) throw new InferenceException(InferenceError.InvalidToken, $"a bias is set for token {token}, the vocabulary has {vocabularySize}");
        _window = new TokenWindow(options.HasPenalties ? options.PenaltyWindow : 0);
    }

    /// <summary>Memory that it takes, about, for a vocabulary.</summary>
    public static long BytesFor(int vocabularySize) => vocabularySize * 12L;

    /// <summary>Tells it of a token that precedes the first that it chooses; for the penalties.</summary>
    public void Observe(TokenId token) => _window.Add(token);

    /// <summary>Chooses the next token, and counts it as accepted.</summary>
    /// <param name="logits">(vocabulary); changed by biases and penalties.</param>
    /// <exception cref="InferenceException">A logit is NaN, or every token is banned.</exception>
    public TokenId Sample(Span<float> logits)
    {
        if (logits.Length != _vocabularySize) throw new ArgumentException($"{logits.Length} logits for a vocabulary of {_vocabularySize}", nameof(logits));
        foreach ((TokenId token, float bias) in _options.LogitBias) logits[token.Value] += bias;
        Penalize(logits);
        TokenId chosen = _options.Temperature <= 0 ? MostLikely(logits) : Draw(logits);
        _window.Add(chosen);
        _index++;
        return chosen;
    }

    private static TokenId MostLikely(ReadOnlySpan<float> logits)
    {
        int best = -1;
        for (int i = 0; i < logits.Length; i++)
        {
            if (float.IsNaN(logits[i])) throw NotANumber(i);
            if (logits[i] > (best < 0 ? float.NegativeInfinity : logits[best])) best = i;
        }

        return best >= 0 ? new TokenId(best) : throw NothingLeft();
    }

    private TokenId Draw(ReadOnlySpan<float> logits)
    {
        for (int i = 0; i < logits.Length; i++)
            if (float.IsNaN(logits[i])) throw NotANumber(i);
        Candidates c = _candidates ??= new Candidates(_vocabularySize);
        c.Fill(logits, _options.TopK);
        if (c.Count == 0) throw NothingLeft();
        if (_options.TypicalP < 1) c.KeepTypical(_options.TypicalP);
        if (_options.TopP < 1) KeepTopP(c);
        if (_options.MinP > 0) KeepMinP(c);
        return Pick(c);
    }

    private void KeepTopP(Candidates c)
    {
        Span<float> p = c.Probabilities(1);
        double sum = 0;
        for (int i = 0; i < p.Length; i++)
        {
            sum += p[i];
            if (sum < _options.TopP) continue;
            c.Keep(i + 1);
            return;
        }
    }

    private void KeepMinP(Candidates c)
    {
        float least = c.Logit(0) + MathF.Log(_options.MinP);
        int count = 1;
        while (count < c.Count && c.Logit(count) >= least) count++;
        c.Keep(count);
    }

    private TokenId Pick(Candidates c)
    {
        Span<float> p = c.Probabilities(_options.Temperature);
        double u = Chance.Uniform(_options.Seed, _index), sum = 0;
        for (int i = 0; i < p.Length; i++)
        {
            sum += p[i];
            if (u < sum) return c.Token(i);
        }

        // The sum may fall short of 1 by rounding.
        return c.Token(p.Length - 1);
    }

    private void Penalize(Span<float> logits)
    {
        foreach ((TokenId token, int count) in _window.Counts)
        {
            ref float logit = ref logits[token.Value];
            logit = logit > 0 ? logit / _options.RepetitionPenalty : logit * _options.RepetitionPenalty;
            logit -= count * _options.FrequencyPenalty + _options.PresencePenalty;
        }
    }

    private static InferenceException NotANumber(int token) => new(InferenceError.NotFinite, $"the logit of token {token} is not a number");

    private static InferenceException NothingLeft() => new(InferenceError.NotFinite, "every token is banned: no logit is above -infinity");
}
