namespace WasmChord.Inference;

/// <summary>
/// The tokens that may still be chosen. A candidate is one number that orders by falling logit, then by rising token, so
/// that sorting settles ties always in the same way.
/// </summary>
internal sealed class Candidates(int vocabularySize)
{
    private readonly ulong[] _keys = new ulong[vocabularySize];
    private readonly float[] _values = new float[vocabularySize]; // probabilities, or what a step orders by

    internal int Count { get; private set; }

    /// <summary>Takes the most likely tokens, in order; tokens at −∞ are out.</summary>
    internal void Fill(ReadOnlySpan<float> logits, int topK)
    {
        Count = 0;
        int limit = topK == 0 ? vocabularySize : Math.Min(topK, vocabularySize);
        // A heap of the best so far, the worst of them on top, where few of many are wanted; else all are sorted.
        bool heaps = limit <= vocabularySize / 4;
        for (int i = 0; i < logits.Length; i++)
        {
            if (float.IsNegativeInfinity(logits[i])) continue;
            ulong key = KeyOf(logits[i], i);
            if (!heaps) _keys[Count++] = key;
            else if (Count < limit) SiftUp(key);
            else if (key < _keys[0]) SiftDown(key);
        }

        Array.Sort(_keys, 0, Count);
        Count = Math.Min(Count, limit);
    }

    internal TokenId Token(int index) => new((int)(uint)_keys[index]);

    internal float Logit(int index) => LogitOf(_keys[index]);

    internal void Keep(int count) => Count = count;

    /// <summary>Makes the probabilities of the candidates at a temperature.</summary>
    internal Span<float> Probabilities(float temperature)
    {
        Span<float> p = _values.AsSpan(0, Count);
        float max = Logit(0) / temperature;
        double sum = 0;
        for (int i = 0; i < p.Length; i++)
        {
            p[i] = MathF.Exp(Logit(i) / temperature - max);
            sum += p[i];
        }

        float scale = (float)(1 / sum);
        for (int i = 0; i < p.Length; i++) p[i] *= scale;
        return p;
    }

    /// <summary>Keeps those whose information is nearest to the expected, until their probabilities exceed a sum.</summary>
    internal void KeepTypical(float sum)
    {
        Span<float> p = Probabilities(1);
        double entropy = 0;
        foreach (float v in p)
            if (v > 0) entropy -= v * Math.Log(v);
        Span<float> distance = p;
        double[] kept = ProbabilitiesByDistance(p, entropy, distance);
        double total = 0;
        int count = 0;
        while (count < kept.Length && total <= sum) total += kept[count++];
        Array.Sort(_keys, 0, count);
        Count = count;
    }

    private double[] ProbabilitiesByDistance(ReadOnlySpan<float> p, double entropy, Span<float> distance)
    {
        double[] probabilities = new double[p.Length];
        for (int i = 0; i < p.Length; i++) probabilities[i] = p[i];
        for (int i = 0; i < distance.Length; i++) distance[i] = (float)Math.Abs(-Math.Log(probabilities[i]) - entropy);
        // Stable in the order of the keys, which break ties.
        int[] order = new int[Count];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        float[] by = _values;
        Array.Sort(order, (a, b) => by[a] != by[b] ? by[a].CompareTo(by[b]) : a.CompareTo(b));
        ulong[] keys = [.. order.Select(i => _keys[i])];
        keys.CopyTo(_keys, 0);
        return [.. order.Select(i => probabilities[i])];
    }

    private static ulong KeyOf(float logit, int token)
    {
        // A zero of either sign is one value.
        uint bits = BitConverter.SingleToUInt32Bits(logit == 0 ? 0 : logit);
        uint rising = (bits & 0x8000_0000) != 0 ? ~bits : bits | 0x8000_0000;
        return ((ulong)~rising << 32) | (uint)token;
    }

    private static float LogitOf(ulong key)
    {
        uint rising = ~(uint)(key >> 32);
        return BitConverter.UInt32BitsToSingle((rising & 0x8000_0000) != 0 ? rising & 0x7FFF_FFFF : ~rising);
    }

    private void SiftUp(ulong key)
    {
        int i = Count++;
        for (int parent = (i - 1) / 2; i > 0 && _keys[parent] < key; i = parent, parent = (i - 1) / 2) _keys[i] = _keys[parent];
        _keys[i] = key;
    }

    private void SiftDown(ulong key)
    {
        int i = 0;
        for (int child = 1; child < Count; child = 2 * i + 1)
        {
            if (child + 1 < Count && _keys[child + 1] > _keys[child]) child++;
            if (_keys[child] <= key) break;
            _keys[i] = _keys[child];
            i = child;
        }

        _keys[i] = key;
    }
}
