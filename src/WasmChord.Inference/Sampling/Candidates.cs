using System.Numerics;

namespace WasmChord.Inference;

/// <summary>
/// The tokens that may still be chosen. A candidate is one number that orders by falling logit, then by rising token, so
/// that sorting settles ties always in the same way. Nothing is allocated after the first use of each step.
/// </summary>
internal sealed class Candidates(int vocabularySize)
{
    // Where few of many are wanted, the guesses of how many; after the last, all are sorted.
    private static readonly int[] s_selections = [128, 1024];

    private readonly ulong[] _keys = new ulong[vocabularySize];
    private readonly float[] _values = new float[vocabularySize]; // probabilities
    private ulong[]? _order; // for the typical step alone

    internal int VocabularySize => vocabularySize;

    internal int Count { get; private set; }

    /// <summary>Takes the most likely tokens, in order; tokens at −∞ are out.</summary>
    /// <param name="logits">(vocabulary).</param>
    /// <param name="most">How many; 0 for all.</param>
    /// <param name="least">Tokens whose logits are below are out.</param>
    internal void TakeMostLikely(ReadOnlySpan<float> logits, int most, float least = float.NegativeInfinity)
    {
        Count = 0;
        int limit = most == 0 ? vocabularySize : Math.Min(most, vocabularySize);
        // A heap of the best so far, the worst of them on top, where few of many are wanted; else all are sorted.
        bool heaps = limit <= vocabularySize / 4;
        // Logits up to here are out. Later tokens are higher, so that one that equals the worst of a full heap loses the tie.
        float floor = MathF.BitDecrement(least);
        for (int i = 0; i < logits.Length; i++)
        {
            if (i + Vector<float>.Count <= logits.Length && Vector.LessThanOrEqualAll(new Vector<float>(logits[i..]), new Vector<float>(floor)))
            {
                i += Vector<float>.Count - 1;
                continue;
            }

            if (logits[i] <= floor) continue;
            ulong key = KeyOf(logits[i], i);
            if (!heaps) _keys[Count++] = key;
            else if (Count < limit) SiftUp(key);
            else SiftDown(key);
            if (heaps && Count == limit) floor = LogitOf(_keys[0]);
        }

        Array.Sort(_keys, 0, Count);
        Count = Math.Min(Count, limit);
    }

    /// <summary>
    /// Takes the most likely tokens of all until their probabilities reach a sum. Few do mostly, so that few are selected
    /// at first, and more as long as they are not enough.
    /// </summary>
    internal void TakeUntil(ReadOnlySpan<float> logits, double sum, float temperature)
    {
        float max = MaxOf(logits);
        double total = 0;
        foreach (float logit in logits) total += Weight(logit, max, temperature);
        foreach (int most in s_selections)
        {
            TakeMostLikely(logits, most);
            if (TryCut(sum * total, max, temperature) || Count < most) return;
        }

        TakeMostLikely(logits, most: 0);
        TryCut(sum * total, max, temperature);
    }

    internal TokenId Token(int index) => new((int)(uint)_keys[index]);

    internal float Logit(int index) => LogitOf(_keys[index]);

    /// <summary>Keeps the first of the candidates.</summary>
    internal void Keep(int count) => Count = count;

    /// <summary>Drops the first of the candidates.</summary>
    internal void Drop(int count)
    {
        _keys.AsSpan(count, Count - count).CopyTo(_keys);
        Count -= count;
    }

    /// <summary>
    /// Makes the probabilities of the candidates at a temperature: the softmax of logits ÷ temperature. Where logits are
    /// +∞, those tokens share them in equal parts, as they do in the limit.
    /// </summary>
    internal Span<float> Probabilities(float temperature)
    {
        Span<float> p = _values.AsSpan(0, Count);
        float max = Logit(0);
        double sum = 0;
        for (int i = 0; i < p.Length; i++)
        {
            p[i] = Weight(Logit(i), max, temperature);
            sum += p[i];
        }

        float scale = (float)(1 / sum);
        for (int i = 0; i < p.Length; i++) p[i] *= scale;
        return p;
    }

    /// <summary>−Σ p log p of the candidates at temperature 1.</summary>
    internal double Entropy() => EntropyOf(Probabilities(1));

    /// <summary>Keeps those whose information is nearest to the expected, until their probabilities exceed a sum.</summary>
    internal void KeepTypical(float sum)
    {
        Span<float> p = Probabilities(1);
        double entropy = EntropyOf(p);
        // Distance and index in one number: a distance is never negative, so that its bits order as it does, and the index
        // settles ties by likelihood.
        Span<ulong> order = (_order ??= new ulong[vocabularySize]).AsSpan(0, Count);
        for (int i = 0; i < order.Length; i++)
            order[i] = ((ulong)BitConverter.SingleToUInt32Bits((float)Math.Abs(-Math.Log(p[i]) - entropy)) << 32) | (uint)i;
        order.Sort();
        double total = 0;
        int count = 0;
        while (count < order.Length && total <= sum)
        {
            int index = (int)(uint)order[count];
            order[count++] = _keys[index];
            total += p[index];
        }

        order[..count].CopyTo(_keys);
        Array.Sort(_keys, 0, count);
        Count = count;
    }

    internal static float MaxOf(ReadOnlySpan<float> logits)
    {
        float max = float.NegativeInfinity;
        int i = 0;
        if (logits.Length >= Vector<float>.Count)
        {
            Vector<float> largest = new(float.NegativeInfinity);
            for (; i + Vector<float>.Count <= logits.Length; i += Vector<float>.Count) largest = Vector.Max(largest, new Vector<float>(logits[i..]));
            for (int lane = 0; lane < Vector<float>.Count; lane++) max = MathF.Max(max, largest[lane]);
        }

        for (; i < logits.Length; i++) max = MathF.Max(max, logits[i]);
        return max;
    }

    /// <summary>exp((logit − max) ÷ temperature), with the limits for infinite logits.</summary>
    internal static float Weight(float logit, float max, float temperature) =>
        logit == max ? 1 : float.IsPositiveInfinity(max) ? 0 : MathF.Exp((logit - max) / temperature);

    private bool TryCut(double weight, float max, float temperature)
    {
        double reached = 0;
        for (int i = 0; i < Count; i++)
        {
            reached += Weight(Logit(i), max, temperature);
            if (reached < weight) continue;
            Count = i + 1;
            return true;
        }

        return false;
    }

    private static double EntropyOf(ReadOnlySpan<float> p)
    {
        double entropy = 0;
        foreach (float v in p)
            if (v > 0) entropy -= v * Math.Log(v);
        return entropy;
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
