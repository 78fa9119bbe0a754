namespace WasmChord.Actors;

/// <summary>What one wave may carry.</summary>
/// <param name="Positions">Positions at most.</param>
/// <param name="SharedPositions">Positions at most while some sequence is generating; the sequences themselves always fit.</param>
/// <param name="LogitRows">Positions at most that logits are made for.</param>
internal readonly record struct WaveBounds(int Positions, int SharedPositions, int LogitRows)
{
    /// <summary>Sequences that every wave can carry: a position and its logits for each of them.</summary>
    public int Sequences => Math.Min(Positions, LogitRows);
}
