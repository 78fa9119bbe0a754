namespace WasmChord.Memory64;

/// <summary>The bounds of one layer cache.</summary>
/// <param name="BudgetBytes">Most bytes of frames that may be used at once; rounded down to whole frames.</param>
/// <param name="MaxWaitingRequests">Most requests that may wait for frames; the next one is refused as <see cref="RefusalReason.QueueFull"/>.</param>
/// <param name="ReadAheadBytes">Most bytes of segments that were prefetched and not used yet; 0 turns prefetching off.</param>
/// <param name="MaxBypasses">How many requests that need no frames may overtake one waiting request at the head of the queue.</param>
public sealed record CacheLimits(long BudgetBytes, int MaxWaitingRequests, long ReadAheadBytes, int MaxBypasses)
{
    /// <summary>Throws when a bound makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or the budget is not positive.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BudgetBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxWaitingRequests);
        ArgumentOutOfRangeException.ThrowIfNegative(ReadAheadBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxBypasses);
    }
}
