namespace WasmChord.Inference;

/// <summary>
/// Chooses the tokens of one sequence. What it chooses for a position follows from the options, the logits, the tokens
/// accepted before and the position's index, and from nothing else: logits of several drafted positions, sampled one
/// after another until a token differs from the draft, give the tokens that they would have given one at a time. One
/// thread at a time.
/// </summary>
public sealed class Sampler
{
    private readonly SamplerOptions _options;
    private readonly int _vocabularySize;
    private readonly TokenWindow _window;
    private readonly LogitsProcessor? _processor;
    private readonly KeyValuePair<TokenId, float>[] _biases;
    private readonly bool _keepsAll;
    private long _index;

    // Choosing leaves nothing behind in it, so that one does for all samplers of a thread: many sequences at once would
    // else take many times the vocabulary.
    [ThreadStatic]
    private static Candidates? t_candidates;

    /// <summary>Creates one.</summary>
    /// <param name="options">How to choose.</param>
    /// <param name="vocabularySize">Tokens.</param>
    /// <param name="processor">Changes the logits first; null for nobody.</param>
    /// <exception cref="InferenceException">An option is out of range.</exception>
    public Sampler(SamplerOptions options, int vocabularySize, LogitsProcessor? processor = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        _options = options.Validated();
        _vocabularySize = vocabularySize;
        _processor = processor;
        foreach (TokenId token in options.LogitBias.Keys)
            if (token.Value >= vocabularySize) throw new InferenceException(InferenceError.InvalidToken, $"a bias is set for token {token}, the vocabulary has {vocabularySize}");
        _biases = [.. options.LogitBias];
        _keepsAll = options is { TopNSigma: <= 0, TopK: 0, TypicalP: 1, TopP: 1, MinP: 0, XtcProbability: 0, TemperatureRange: 0 };
        _window = new TokenWindow(options.HasPenalties ? options.PenaltyWindow : 0);
    }

    /// <summary>
    /// Memory that choosing takes at most on one thread, about, for a vocabulary: once, however many samplers choose there.
    /// </summary>
    public static long BytesFor(int vocabularySize) => vocabularySize * 20L;

    /// <summary>Tells it of a token that precedes the first that it chooses; for the penalties.</summary>
    /// <exception cref="InferenceException">The token lies outside the vocabulary.</exception>
    public void Observe(TokenId token)
    {
        if ((uint)token.Value >= (uint)_vocabularySize) throw new InferenceException(InferenceError.InvalidToken, $"token {token} of a vocabulary of {_vocabularySize}");
        _window.Add(token);
    }

    /// <summary>Chooses the next token, and counts it as accepted.</summary>
    /// <param name="logits">(vocabulary); changed by the processor, biases and penalties.</param>
    /// <exception cref="InferenceException">A logit is NaN, or every token is banned.</exception>
    public TokenId Sample(Span<float> logits)
    {
        if (logits.Length != _vocabularySize) throw new ArgumentException($"{logits.Length} logits for a vocabulary of {_vocabularySize}", nameof(logits));
        _processor?.Invoke(logits, _index);
        Logits.RequireNumbers(logits);
        AddBias(logits);
        Penalize(logits);
        TokenId chosen = _options.Temperature <= 0 ? MostLikely(logits) : Draw(logits);
        _window.Add(chosen);
        _index++;
        return chosen;
    }

    private void AddBias(Span<float> logits)
    {
        // A ban holds for +infinity, too.
        foreach ((TokenId token, float bias) in _biases)
            logits[token.Value] = float.IsNegativeInfinity(bias) ? bias : logits[token.Value] + bias;
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

    private static TokenId MostLikely(ReadOnlySpan<float> logits)
    {
        float largest = Candidates.MaxOf(logits);
        return float.IsNegativeInfinity(largest) ? throw Logits.NothingLeft() : new TokenId(logits.IndexOf(largest));
    }

    private TokenId Draw(ReadOnlySpan<float> logits)
    {
        Candidates c = t_candidates is { } kept && kept.VocabularySize == _vocabularySize ? kept : t_candidates = new Candidates(_vocabularySize);
        if (_keepsAll)
        {
            // The last one needed to reach the number drawn is the one on which it falls.
            c.TakeUntil(logits, Chance.Uniform(_options.Seed, _index), _options.Temperature);
            return c.Count > 0 ? c.Token(c.Count - 1) : throw Logits.NothingLeft();
        }

        Select(c, logits);
        if (_options.MinP > 0) KeepMinP(c);
        if (_options.XtcProbability > 0) ExcludeTopChoices(c);
        return Pick(c, TemperatureOf(c));
    }

    /// <summary>
    /// The steps from top-n-sigma to top-p. Those that are off cost nothing: without a top-k and a typical step, only as
    /// many tokens are put in order as top-p or min-p keep.
    /// </summary>
    private void Select(Candidates c, ReadOnlySpan<float> logits)
    {
        float least = _options.TopNSigma > 0 ? LeastOfSigma(logits) : float.NegativeInfinity;
        bool truncates = _options.TopK > 0 || _options.TypicalP < 1 || _options.TopNSigma > 0;
        if (!truncates && _options.TopP < 1) c.TakeUntil(logits, _options.TopP, temperature: 1);
        else
        {
            if (!truncates && _options.MinP > 0) least = Candidates.MaxOf(logits) + MathF.Log(_options.MinP);
            c.TakeMostLikely(logits, _options.TopK, least);
            if (c.Count == 0) throw Logits.NothingLeft();
            if (_options.TypicalP < 1) c.KeepTypical(_options.TypicalP);
            if (_options.TopP < 1) KeepTopP(c);
        }

        if (c.Count == 0) throw Logits.NothingLeft();
    }

    /// <summary>The largest logit less so many standard deviations of all (arXiv:2411.07641); banned tokens do not count.</summary>
    private float LeastOfSigma(ReadOnlySpan<float> logits)
    {
        float max = Candidates.MaxOf(logits);
        if (float.IsInfinity(max)) return max;
        double sum = 0, squares = 0;
        int count = 0;
        foreach (float logit in logits)
        {
            if (float.IsNegativeInfinity(logit)) continue;
            sum += logit;
            count++;
        }

        double mean = sum / count;
        foreach (float logit in logits)
            if (!float.IsNegativeInfinity(logit)) squares += (logit - mean) * (logit - mean);
        return (float)(max - _options.TopNSigma * Math.Sqrt(squares / count));
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

    /// <summary>Sometimes drops all but the least likely of those that are likely enough.</summary>
    private void ExcludeTopChoices(Candidates c)
    {
        if (c.Count < 2 || _options.XtcThreshold > 0.5f || Chance.Uniform(_options.Seed, _index, stream: 1) > _options.XtcProbability) return;
        Span<float> p = c.Probabilities(1);
        int enough = 0;
        while (enough < p.Length && p[enough] >= _options.XtcThreshold) enough++;
        if (enough > 1) c.Drop(enough - 1);
    }

    /// <summary>The temperature, or that of a range which the candidates' entropy selects.</summary>
    private float TemperatureOf(Candidates c)
    {
        if (_options.TemperatureRange <= 0 || c.Count < 2) return _options.Temperature;
        float lowest = MathF.Max(0, _options.Temperature - _options.TemperatureRange), highest = _options.Temperature + _options.TemperatureRange;
        return lowest + (highest - lowest) * (float)Math.Pow(c.Entropy() / Math.Log(c.Count), _options.TemperatureExponent);
    }

    private TokenId Pick(Candidates c, float temperature)
    {
        if (temperature <= 0) return c.Token(0);
        Span<float> p = c.Probabilities(temperature);
        double u = Chance.Uniform(_options.Seed, _index), sum = 0;
        for (int i = 0; i < p.Length; i++)
        {
            sum += p[i];
            if (u < sum) return c.Token(i);
        }

        // The sum may fall short of 1 by rounding.
        return c.Token(p.Length - 1);
    }
}
