namespace WasmChord.Inference;

public sealed partial class ForwardPass
{
    private static void Check(ForwardOptions options)
    {
        if (options.MaxPositions < 1 || options.MaxLogitRows < 0 || options.MaxLogitRows > options.MaxPositions || options.MaxContext < 1)
            throw new InferenceException(InferenceError.InvalidOption,
                $"{options.MaxPositions} positions, {options.MaxLogitRows} rows of logits and a context of {options.MaxContext} do not bound a wave");
    }

    /// <summary>Refuses what cannot be run, before anything is read; then numbers the rows.</summary>
    private void Admit(ReadOnlySpan<WaveSlice> slices)
    {
        _rows.Clear();
        _logitRowCount = 0;
        if (slices.IsEmpty) throw new InferenceException(InferenceError.InvalidOption, "the wave has no sequence");
        for (int i = 0; i < slices.Length; i++)
        {
            WaveSlice slice = slices[i];
            Admit(slice);
            for (int other = 0; other < i; other++)
            {
                if (ReferenceEquals(slices[other].Sequence, slice.Sequence))
                    throw new InferenceException(InferenceError.InvalidOption, $"slices {other} and {i} of the wave are one sequence");
            }

            _sliceLogits[i] = _logitRowCount - slice.LogitsFrom;
            for (int t = 0; t < slice.Tokens.Length; t++)
            {
                if (t >= slice.LogitsFrom) AddLogitRow();
                _rows.Add(slice.Sequence, slice.Sequence.Length + t);
            }
        }
    }

    private void Admit(WaveSlice slice)
    {
        int count = slice.Tokens.Length, end = slice.Sequence.Length + count;
        if (!slice.Sequence.Layout.Fits(_config))
            throw new InferenceException(InferenceError.InvalidOption, "a sequence of the wave belongs to the cache of another model");
        if (count == 0) throw new InferenceException(InferenceError.InvalidToken, "a sequence of the wave has no tokens");
        if (slice.LogitsFrom < 0 || slice.LogitsFrom > count)
            throw new InferenceException(InferenceError.InvalidOption, $"logits from token {slice.LogitsFrom} of {count}");
        if (_rows.Count + count > _options.MaxPositions)
            throw new InferenceException(InferenceError.ContextExceeded, $"the wave has more than {_options.MaxPositions} positions");
        if (end > _options.MaxContext)
            throw new InferenceException(InferenceError.ContextExceeded, $"{end} positions exceed the context of {_options.MaxContext}");
        if (end > slice.Sequence.Capacity)
            throw new InferenceException(InferenceError.ContextExceeded, $"{end} positions exceed the room of {slice.Sequence.Capacity} in the KV cache");
        foreach (TokenId token in slice.Tokens.Span)
        {
            if ((uint)token.Value >= (uint)_config.VocabularySize)
                throw new InferenceException(InferenceError.InvalidToken, $"token {token.Value} is not in the vocabulary of {_config.VocabularySize}");
        }
    }

    private void AddLogitRow()
    {
        if (_logitRowCount == _options.MaxLogitRows)
            throw new InferenceException(InferenceError.InvalidOption, $"the wave wants more than {_options.MaxLogitRows} rows of logits");
        _logitRows[_logitRowCount++] = _rows.Count;
    }

    private static void RequireFinite(ReadOnlySpan<float> logits, int position)
    {
        for (int i = 0; i < logits.Length; i++)
        {
            if (!float.IsFinite(logits[i]))
                throw new InferenceException(InferenceError.NotFinite, $"the logit of token {i} at position {position} is {logits[i]}: the weights are damaged");
        }
    }
}
