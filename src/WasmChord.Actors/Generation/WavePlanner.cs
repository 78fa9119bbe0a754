namespace WasmChord.Actors;

/// <summary>
/// Divides a wave among sequences. Everyone has one position: so nobody ever waits for another's prompt. What is left
/// goes to prompts, the highest priority first and equals alike, then to drafts.
/// </summary>
internal static class WavePlanner
{
    private const int LeastPromptShare = 4;

    /// <summary>Divides.</summary>
    /// <param name="wishes">The sequences, in order of arrival; no more than <see cref="WaveBounds.Sequences"/>.</param>
    /// <param name="bounds">What the wave may carry.</param>
    /// <param name="shares">(wishes) receives how many positions each gets: of what is ready, then drafts.</param>
    public static void Divide(ReadOnlySpan<WaveWish> wishes, WaveBounds bounds, Span<int> shares)
    {
        if (wishes.Length > bounds.Sequences)
            throw new ArgumentException($"{wishes.Length} sequences in a wave of {bounds.Positions} positions and {bounds.LogitRows} rows of logits", nameof(wishes));
        bool shared = false;
        foreach (WaveWish wish in wishes) shared |= wish.IsGenerating;
        // However many generate, a quarter of what is shared is left for prompts: else one among many would take a wave a token.
        int atLeast = wishes.Length + bounds.SharedPositions / LeastPromptShare;
        int positions = (shared ? Math.Min(Math.Max(bounds.SharedPositions, atLeast), bounds.Positions) : bounds.Positions) - wishes.Length;
        int rows = bounds.LogitRows - wishes.Length;
        shares[..wishes.Length].Fill(1);
        Span<int> wanted = wishes.Length <= 256 ? stackalloc int[wishes.Length] : new int[wishes.Length];
        for (int? next = Highest(wishes, null); next is { } priority; next = Highest(wishes, priority))
        {
            for (int i = 0; i < wishes.Length; i++)
                wanted[i] = wishes[i].Priority == priority && !wishes[i].WantsAllLogits ? wishes[i].Ready - 1 : 0;
            positions -= Fill(wanted, positions, shares);
            for (int i = 0; i < wishes.Length; i++)
                wanted[i] = wishes[i].Priority == priority && wishes[i].WantsAllLogits ? wishes[i].Ready - 1 : 0;
            int taken = Fill(wanted, Math.Min(positions, rows), shares);
            positions -= taken;
            rows -= taken;
        }

        for (int i = 0; i < wishes.Length; i++) wanted[i] = shares[i] == wishes[i].Ready ? wishes[i].Drafts : 0;
        Fill(wanted, Math.Min(positions, rows), shares);
    }

    private static int? Highest(ReadOnlySpan<WaveWish> wishes, int? below)
    {
        int? highest = null;
        foreach (WaveWish wish in wishes)
            if ((below is null || wish.Priority < below) && (highest is null || wish.Priority > highest)) highest = wish.Priority;
        return highest;
    }

    // Rounds of equal parts: who wants less than a part leaves the rest to the others.
    private static int Fill(Span<int> wanted, int available, Span<int> shares)
    {
        int taken = 0;
        while (available > taken)
        {
            int hungry = 0;
            foreach (int want in wanted) hungry += want > 0 ? 1 : 0;
            if (hungry == 0) break;
            int part = Math.Max(1, (available - taken) / hungry);
            for (int i = 0; i < wanted.Length && available > taken; i++)
            {
                int give = Math.Min(Math.Min(part, wanted[i]), available - taken);
                wanted[i] -= give;
                shares[i] += give;
                taken += give;
            }
        }

        return taken;
    }
}
