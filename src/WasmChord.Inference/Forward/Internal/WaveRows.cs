namespace WasmChord.Inference;

/// <summary>The positions of a wave as rows: whose each is, and where in its sequence.</summary>
internal sealed class WaveRows(int maxPositions)
{
    private readonly KvSequence[] _sequences = new KvSequence[maxPositions];
    private readonly int[] _positions = new int[maxPositions];

    internal int Count { get; private set; }

    internal KvSequence Sequence(int row) => _sequences[row];

    internal int Position(int row) => _positions[row];

    internal void Add(KvSequence sequence, int position)
    {
        _sequences[Count] = sequence;
        _positions[Count++] = position;
    }

    internal void Clear()
    {
        Array.Clear(_sequences, 0, Count);
        Count = 0;
    }
}
