namespace WasmChord.Inference;

/// <summary>
/// How many tokens to draft: twice as many after a draft that was right throughout, one more than were right otherwise;
/// after several that were wrong from the start, none for a while.
/// </summary>
public sealed class DraftLength
{
    private const int FirstLength = 4, FailuresBeforePause = 3, PauseSteps = 16;

    private readonly int _longest;
    private int _length = FirstLength, _failures, _pause;

    /// <summary>Creates one.</summary>
    /// <param name="longest">Most tokens of a draft.</param>
    public DraftLength(int longest)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(longest);
        _longest = longest;
    }

    /// <summary>How many to draft for this step.</summary>
    public int Next()
    {
        if (_pause == 0) return Math.Min(_length, _longest);
        _pause--;
        return 0;
    }

    /// <summary>Learns how a draft went.</summary>
    /// <param name="drafted">Tokens drafted, at least one.</param>
    /// <param name="accepted">How many of them were right.</param>
    public void Record(int drafted, int accepted)
    {
        _length = accepted == drafted ? Math.Max(_length, Math.Min(2 * drafted, _longest)) : accepted + 1;
        _failures = accepted > 0 ? 0 : _failures + 1;
        if (_failures < FailuresBeforePause) return;
        _failures = 0;
        _pause = PauseSteps;
    }
}
