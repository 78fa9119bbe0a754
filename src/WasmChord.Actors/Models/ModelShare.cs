namespace WasmChord.Actors;

/// <summary>One model's part of the node's budget at a moment.</summary>
/// <param name="TargetBytes">Its budget.</param>
/// <param name="FloorBytes">What it needs so that nobody who uses it is refused.</param>
/// <param name="WantedBytes">What it could use.</param>
/// <param name="HeldBytes">Memory that it really holds.</param>
/// <param name="IsElastic">Whether its budget follows the node's.</param>
internal readonly record struct ModelShare(long TargetBytes, long FloorBytes, long WantedBytes, long HeldBytes, bool IsElastic)
{
    /// <summary>
    /// Divides a node's budget among its models: those with a budget of their own keep it; of the rest every elastic one
    /// gets what it needs, and the same part of what it could use beyond.
    /// </summary>
    /// <param name="shares">The models.</param>
    /// <param name="totalBytes">The node's budget.</param>
    /// <param name="targets">Receives the budget of each.</param>
    public static void Divide(ReadOnlySpan<ModelShare> shares, long totalBytes, Span<long> targets)
    {
        long left = totalBytes, beyond = 0;
        foreach (ModelShare share in shares)
        {
            left -= share.IsElastic ? share.FloorBytes : share.TargetBytes;
            if (share.IsElastic) beyond += Math.Max(0, share.WantedBytes - share.FloorBytes);
        }

        left = Math.Clamp(left, 0, beyond);
        for (int i = 0; i < shares.Length; i++)
        {
            ModelShare share = shares[i];
            long more = Math.Max(0, share.WantedBytes - share.FloorBytes);
            targets[i] = !share.IsElastic ? share.TargetBytes
                : share.FloorBytes + (beyond == 0 ? 0 : (long)((Int128)left * more / beyond));
        }
    }
}
