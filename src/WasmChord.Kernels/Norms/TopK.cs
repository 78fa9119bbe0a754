namespace WasmChord.Kernels;

/// <summary>The largest of a row of scores: which experts a router chooses.</summary>
public static class TopK
{
    /// <summary>
    /// Writes the indices of the <paramref name="k"/> largest scores, largest first; of equals the lower index first. NaN
    /// is below everything. For small k: each score is compared with the least of those kept.
    /// </summary>
    /// <param name="scores">(n).</param>
    /// <param name="k">How many: 0 to n.</param>
    /// <param name="indices">(k).</param>
    /// <exception cref="ArgumentException">k is out of range, or there is not room for exactly k.</exception>
    public static void Select(ReadOnlySpan<float> scores, int k, Span<int> indices)
    {
        if (k < 0 || k > scores.Length || indices.Length != k)
            throw new ArgumentException($"the largest {k} of {scores.Length} scores cannot be written to {indices.Length} indices", nameof(k));
        int kept = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (kept < k) kept++;
            else if (k == 0 || !IsAbove(scores[i], scores[indices[k - 1]])) continue;
            int at = kept - 1;
            for (; at > 0 && IsAbove(scores[i], scores[indices[at - 1]]); at--) indices[at] = indices[at - 1];
            indices[at] = i;
        }
    }

    private static bool IsAbove(float score, float other) => score > other || (float.IsNaN(other) && !float.IsNaN(score));
}
